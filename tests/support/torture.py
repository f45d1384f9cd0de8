"""Many people write at once while everything under them fails; at the end each must have exactly what the server has.

Their connections lead through an unruly proxy and are cut at random; nodes, worker, Valkey and PostgreSQL are killed on
the way. `lost`, `duplicated` and `misordered` count messages over all people, each against the server's own order.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from cli.realtime_client import Listener, RealtimeClient, State
from libs.common.ids import new_id
from services.messaging.realtime.closing import Closing
from services.messaging.realtime.frames import Event, FromServer, Resync
from tests.support.eventually import eventually
from tests.support.messaging_platform import MessagingPlatform
from tests.support.unruly_proxy import UnrulyProxy

TWICE, SWAPPED = 0.05, 0.05
CREATED = "message.created"
PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`drops` and `messages` are per person. `blows` are spread over `seconds`: names of processes
    to kill, or `flush` for Valkey's content."""

    people: int
    room: int
    drops: int
    messages: int
    seconds: float
    blows: Sequence[str]
    settle_seconds: float = 120.0
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was seen over all people."""

    written: int
    drops: int
    resyncs: int
    passed_over: int
    lost: int
    duplicated: int
    misordered: int


@dataclass
class Person(Listener):
    """Someone in one room: what they saw, in the order in which they saw it."""

    number: int
    user_id: UUID
    room: UUID
    seen: list[UUID] = field(default_factory=list)
    stale: asyncio.Event = field(default_factory=asyncio.Event)
    closing: Closing | None = None
    fetch_up_to: int = 0
    resyncs: int = 0
    drops: int = 0

    def state(self, state: State, closing: Closing | None) -> None:
        if state == "closed":
            self.closing = closing

    def event(self, event: Event) -> None:
        if event.kind == CREATED:
            self.seen.append(UUID(event.data["message_id"]))

    def resync(self, frame: Resync) -> None:
        """What was seen until now no longer counts: it is fetched, and what follows is appended to it."""
        self.resyncs += 1
        self.seen.clear()
        self.fetch_up_to = frame.seq
        self.stale.set()

    def told(self, frame: FromServer) -> None:
        """Nothing of the rest matters here."""


class Torture:
    """One run on one platform."""

    def __init__(self, platform: MessagingPlatform, plan: Plan) -> None:
        self._platform = platform
        self._plan = plan
        self._chance = random.Random(plan.seed)
        self._http = httpx.AsyncClient(timeout=10)
        self._tokens: dict[UUID, str] = {}

    async def run(self) -> Outcome:
        """Raises AssertionError where a client gave up."""
        plan = self._plan
        tenant, users = await self._platform.new_business(plan.people)
        self._tokens = {user: self._platform.token(tenant, user) for user in users}
        groups = [users[start : start + plan.room] for start in range(0, len(users), plan.room)]
        rooms = {await self._platform.new_conversation(tenant, group): group for group in groups}
        ports = [int(node.url.rsplit(":", 1)[1]) for node in self._platform.nodes]
        proxy = UnrulyProxy(ports, twice=TWICE, swapped=SWAPPED, chance=self._chance)
        await proxy.start()
        everyone = [user for group in rooms.values() for user in group]
        room_of = {user: room for room, group in rooms.items() for user in group}
        people = [Person(number, user, room_of[user]) for number, user in enumerate(everyone)]
        clients = [self._client(person, proxy.port) for person in people]
        running = [asyncio.create_task(client.run()) for client in clients]
        refreshing = [asyncio.create_task(self._refetch(person)) for person in people]
        try:
            for person, client in zip(people, clients, strict=True):
                await client.follow(person.room, seq=None)
            await eventually(lambda: all(_has_begun(*each) for each in zip(people, clients, strict=True)), timeout=60)
            async with asyncio.timeout(plan.seconds + plan.settle_seconds), asyncio.TaskGroup() as group:
                for person, client in zip(people, clients, strict=True):
                    group.create_task(self._write(person, client))
                    group.create_task(self._drop(person, proxy))
                group.create_task(self._strike())
            truth = {room: await self._truth(room) for room in rooms}
            await self._settle(people, truth)
            return self._judge(people, clients, truth)
        finally:
            for task in (*running, *refreshing):
                task.cancel()
            await asyncio.gather(*running, *refreshing, return_exceptions=True)
            await proxy.stop()
            await self._http.aclose()

    def _client(self, person: Person, port: int) -> RealtimeClient:
        async def token() -> str:
            return self._tokens[person.user_id]

        url = f"ws://127.0.0.1:{port}/v1/realtime?who={person.number}"
        return RealtimeClient(url, token, person, first_wait=0.1)

    async def _write(self, person: Person, client: RealtimeClient) -> None:
        for number in range(self._plan.messages):
            await asyncio.sleep(self._chance.uniform(0, 2 * self._plan.seconds / self._plan.messages))
            await client.send(person.room, f"{person.number}: {number}", client_message_id=new_id())

    async def _drop(self, person: Person, proxy: UnrulyProxy) -> None:
        for _ in range(self._plan.drops):
            await asyncio.sleep(self._chance.uniform(0, 2 * self._plan.seconds / self._plan.drops))
            await eventually(lambda: proxy.cut(person.number), timeout=self._plan.settle_seconds)
            person.drops += 1

    async def _strike(self) -> None:
        for blow in self._plan.blows:
            await asyncio.sleep(self._plan.seconds / (len(self._plan.blows) + 1))
            if blow == "flush":
                await self._platform.flush_valkey()
            else:
                self._platform.kill(blow)

    async def _refetch(self, person: Person) -> None:
        """Fetches history over HTTP whenever the stream could not be continued."""
        while True:
            await person.stale.wait()
            person.stale.clear()
            fetched = await self._history(person, person.fetch_up_to)
            if fetched is None or person.stale.is_set():
                person.stale.set()
                await asyncio.sleep(0.2)
            else:
                person.seen[:0] = fetched

    async def _history(self, person: Person, seq: int) -> list[UUID] | None:
        """Every message up to `seq`, or None where the node does not answer at the moment."""
        headers = {"Authorization": f"Bearer {self._tokens[person.user_id]}"}
        node = self._chance.choice(self._platform.nodes)
        found: list[UUID] = []
        before = seq + 1
        while True:
            path = f"{node.url}/v1/conversations/{person.room}/messages"
            try:
                answer = await self._http.get(path, params={"before": before, "limit": PAGE}, headers=headers)
                page = answer.json() if answer.status_code == 200 else None
            except (httpx.HTTPError, ValueError):
                page = None
            if page is None:
                return None
            found[:0] = [UUID(item["id"]) for item in page["items"]]
            if not page["has_before"]:
                return found
            before = page["items"][0]["seq"]

    async def _truth(self, room: UUID) -> list[UUID]:
        connection = await self._platform.connect()
        try:
            rows = await connection.fetch("SELECT id FROM message WHERE conversation_id = $1 ORDER BY seq", room)
        finally:
            await connection.close()
        return [row["id"] for row in rows]

    async def _settle(self, people: Sequence[Person], truth: dict[UUID, list[UUID]]) -> None:
        """Waits until everyone has as much as the server, or the time for it is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._plan.settle_seconds
        while loop.time() < deadline:
            if all(len(person.seen) >= len(truth[person.room]) and not person.stale.is_set() for person in people):
                return
            await asyncio.sleep(0.1)

    def _judge(
        self, people: Sequence[Person], clients: Sequence[RealtimeClient], truth: dict[UUID, list[UUID]]
    ) -> Outcome:
        gone = [person.closing for person in people if person.closing is not None]
        assert not gone, f"{len(gone)} clients gave up: {gone[0]}"
        lost = duplicated = misordered = 0
        for person in people:
            there, seen = truth[person.room], person.seen
            once = list(dict.fromkeys(seen))
            lost += len(set(there) - set(seen))
            duplicated += len(seen) - len(once)
            misordered += sum(a != b for a, b in zip([one for one in there if one in set(seen)], once, strict=False))
        return Outcome(
            written=sum(len(messages) for messages in truth.values()),
            drops=sum(person.drops for person in people),
            resyncs=sum(person.resyncs for person in people),
            passed_over=sum(client.dropped for client in clients),
            lost=lost,
            duplicated=duplicated,
            misordered=misordered,
        )


def _has_begun(person: Person, client: RealtimeClient) -> bool:
    position = client.positions.get(person.room)
    return position is not None and position.seq is not None
