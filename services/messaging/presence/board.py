"""This node's part of presence: says who is here, and shows to its connections how those are whom they watch."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from uuid import UUID

import structlog

from libs.adapters.cache import CACHE_ERRORS
from libs.common.loops import EXPECTED
from services.messaging.context import MessagingContext
from services.messaging.presence import repository, service
from services.messaging.presence.service import Here, Place, State, presence_channel
from services.messaging.realtime.carrier import Carrier
from services.messaging.realtime.connection import Connection
from services.messaging.realtime.frames import Presence
from services.messaging.realtime.hub import Hub

logger = structlog.get_logger()
TICK_SECONDS = 1.0
TELL_SECONDS = 20.0
NOTE_SECONDS = 300.0
GRACE_SECONDS = 5.0
"""Who comes back within this was never gone."""
BATCH = 500


class _Person:
    """Somebody with open sockets on this node, or who had some a moment ago."""

    __slots__ = ("connections", "gone_at", "noted_at", "told", "told_at")

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.told: Here | None = None
        self.told_at = float("-inf")
        self.noted_at = float("-inf")
        self.gone_at: float | None = None

    @property
    def state(self) -> Here:
        return "active" if any(one.presence == "active" for one in self.connections) else "away"

    def is_gone(self, now: float) -> bool:
        return self.gone_at is not None and now - self.gone_at > GRACE_SECONDS


class _Watched:
    """Somebody whose presence is shown; `fresh` are those who do not know it yet."""

    __slots__ = ("fresh", "known", "watchers")

    def __init__(self) -> None:
        self.watchers: set[Connection] = set()
        self.fresh: set[Connection] = set()
        self.known: State | None = None


class PresenceBoard:
    """`node` names this process among all."""

    def __init__(self, context: MessagingContext, hub: Hub, node: str) -> None:
        self._context = context
        self._hub = hub
        self._carrier: Carrier = hub.carrier
        self._node = node
        self._people: dict[Place, _Person] = {}
        self._watched: dict[Place, _Watched] = {}
        self._changed: set[Place] = set()
        self._stale: set[Place] = set()
        self._scanned_at = self._looked_at = time.monotonic()
        self._wake = asyncio.Event()

    def arrive(self, connection: Connection) -> None:
        """The connection is authenticated."""
        person = self._people.setdefault(_place(connection), _Person())
        person.connections.add(connection)
        person.gone_at = None
        self.change(connection)

    def change(self, connection: Connection) -> None:
        """The connection's own state changed."""
        self._changed.add(_place(connection))
        self._wake.set()

    def depart(self, connection: Connection) -> None:
        """The connection is gone."""
        self.watch(connection, ())
        person = self._people.get(_place(connection))
        if person is None:
            return
        person.connections.discard(connection)
        if not person.connections:
            person.gone_at = time.monotonic()

    def watch(self, connection: Connection, user_ids: Sequence[UUID]) -> None:
        """Shows these people from now on; what is known is told soon."""
        wanted = frozenset(user_ids)
        for user_id in connection.watched - wanted:
            self._unwatch(connection, (connection.tenant_id, user_id))
        for user_id in wanted - connection.watched:
            place = (connection.tenant_id, user_id)
            if (watched := self._watched.get(place)) is None:
                watched = self._watched[place] = _Watched()
                name = presence_channel(place)
                self._hub.others[name] = partial(self._look_at, place)
                self._carrier.want(name)
            watched.watchers.add(connection)
            watched.fresh.add(connection)
            self._look_at(place)
        connection.watched = wanted

    async def keep(self) -> None:
        """Tells and looks until cancelled."""
        failing = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.tick(time.monotonic())
            except (*CACHE_ERRORS, *EXPECTED) as error:
                if not failing:
                    logger.warning("presence.unavailable", reason=type(error).__name__)
                failing = True
                await asyncio.sleep(TICK_SECONDS)
            else:
                failing = False

    async def tick(self, now: float) -> None:
        """Says what changed and what is due, then looks at whom somebody watches."""
        await self._tell_changes(now)
        if now - self._scanned_at > TICK_SECONDS:
            self._scanned_at = now
            await self._tell_again(now)
            await self._note(now)
            self._changed.update(place for place, one in self._people.items() if one.is_gone(now))
        if now - self._looked_at > TELL_SECONDS:
            self._looked_at = now
            self._stale |= self._watched.keys()
        await self._look()

    def _look_at(self, place: Place) -> None:
        self._stale.add(place)
        self._wake.set()

    def _unwatch(self, connection: Connection, place: Place) -> None:
        watched = self._watched.get(place)
        if watched is None:
            return
        watched.watchers.discard(connection)
        watched.fresh.discard(connection)
        if not watched.watchers:
            del self._watched[place]
            self._hub.others.pop(presence_channel(place), None)
            self._carrier.drop(presence_channel(place))

    async def _tell_changes(self, now: float) -> None:
        taken, self._changed = self._changed, set()  # what changes again meanwhile is told the next time
        changed: dict[Place, Here | None] = {}
        for place in taken:
            person = self._people.get(place)
            if person is not None and person.connections and person.state != person.told:
                changed[place] = person.state
            elif person is not None and person.is_gone(now):
                changed[place] = None
        if not changed:
            return
        try:
            await self._note_now([place for place, state in changed.items() if state is None], now)
            await service.tell(self._context.cache, self._node, changed, ring=True)
        except (*CACHE_ERRORS, *EXPECTED):
            self._changed |= taken
            raise
        for place, state in changed.items():
            self._told(place, state, now)

    def _told(self, place: Place, state: Here | None, now: float) -> None:
        person = self._people.get(place)
        if person is None:
            return
        person.told, person.told_at = state, now
        if state is None and not person.connections:
            del self._people[place]

    async def _tell_again(self, now: float) -> None:
        due = {
            place: person.told
            for place, person in self._people.items()
            if person.told is not None and now - person.told_at > TELL_SECONDS
        }
        if not due:
            return
        some: dict[Place, Here | None] = dict(islice(due.items(), BATCH))
        await service.tell(self._context.cache, self._node, some, ring=False)
        for place in some:
            if (person := self._people.get(place)) is not None:
                person.told_at = now

    async def _note(self, now: float) -> None:
        await self._note_now(
            [place for place, person in self._people.items() if now - person.noted_at > NOTE_SECONDS][:BATCH], now
        )

    async def _note_now(self, places: Sequence[Place], now: float) -> None:
        by_tenant: dict[UUID, list[UUID]] = defaultdict(list)
        for tenant_id, user_id in places:
            by_tenant[tenant_id].append(user_id)
        for tenant_id, user_ids in by_tenant.items():
            async with self._hub.reading, self._context.database.tenant_session(tenant_id) as session:
                await repository.note(session, tenant_id, user_ids, datetime.now(UTC))
        for place in places:
            if (person := self._people.get(place)) is not None:
                person.noted_at = now

    async def _look(self) -> None:
        while self._stale:
            places = [self._stale.pop() for _ in range(min(BATCH, len(self._stale)))]
            try:
                states = await service.states(self._context.cache, places)
                seen = await self._seen([place for place, state in states.items() if state == "offline"])
            except (*CACHE_ERRORS, *EXPECTED):
                self._stale.update(place for place in places if place in self._watched)
                raise
            for place, state in states.items():
                self._show(place, state, seen.get(place))

    async def _seen(self, places: Sequence[Place]) -> dict[Place, datetime]:
        by_tenant: dict[UUID, list[UUID]] = defaultdict(list)
        for tenant_id, user_id in places:
            by_tenant[tenant_id].append(user_id)
        found: dict[Place, datetime] = {}
        for tenant_id, user_ids in by_tenant.items():
            async with self._hub.reading, self._context.database.tenant_session(tenant_id) as session:
                seen = await repository.last_seen(session, user_ids)
            found |= {(tenant_id, user_id): at for user_id, at in seen.items()}
        return found

    def _show(self, place: Place, state: State, seen: datetime | None) -> None:
        watched = self._watched.get(place)
        if watched is None:
            return
        shown_to = watched.watchers if state != watched.known else watched.fresh
        at = seen if state == "offline" else datetime.now(UTC)
        for connection in list(shown_to):
            connection.tell(Presence(user_id=place[1], state=state, last_seen_at=at))
        watched.known = state
        watched.fresh.clear()


def _place(connection: Connection) -> Place:
    return connection.tenant_id, connection.user_id
