"""Sockets as tests see them: nodes, rooms to talk in, and a client that does nothing by itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from libs.common.application import create_application
from libs.common.ids import new_id
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.conversations.schemas import NewConversation
from services.messaging.conversations.service import open_group
from services.messaging.messages.schemas import MessageAnswer
from services.messaging.messages.service import send_message
from services.messaging.settings import MessagingSettings
from services.messaging.stream import repository as streams
from services.messaging.stream.relay import relay_loop
from tests.services.messaging.world import Business, open_messaging
from tests.support.http_server import served
from tests.support.identities import access_token

Frame = dict[str, Any]
WAIT_SECONDS = 10.0


@dataclass
class Socket:
    """A socket whose frames are read one by one; pings are answered by the library."""

    connection: ClientConnection
    seen: list[Frame] = field(default_factory=list)

    async def say(self, kind: str, **fields: Any) -> None:
        await self.connection.send(orjson.dumps({"type": kind, **fields}, default=str).decode())

    async def next(self, *kinds: str) -> Frame:
        """The next frame of one of these types (of any type without); others are kept in `seen`."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                frame: Frame = orjson.loads(await self.connection.recv())
                if not kinds or frame["type"] in kinds:
                    return frame
                self.seen.append(frame)

    async def events(self, count: int) -> list[int]:
        """The `seq` of the next events."""
        return [(await self.next("event"))["seq"] for _ in range(count)]

    async def nothing_but(self, *kinds: str) -> None:
        """Everything that was sent before now is of these types: a ping comes back after it."""
        await self.say("ping")
        while (frame := await self.next())["type"] != "pong":
            assert frame["type"] in kinds, frame

    async def closed(self) -> tuple[int, str]:
        """Code and reason, as soon as the server closed."""
        async with asyncio.timeout(WAIT_SECONDS):
            try:
                while True:
                    self.seen.append(orjson.loads(await self.connection.recv()))
            except ConnectionClosed:
                return self.connection.close_code or 0, self.connection.close_reason or ""

    async def subscribe(self, *streams: UUID, epoch: Any = None, seq: int | None = None) -> Frame:
        """Subscribes, and returns the answer for the last stream."""
        wanted = [{"stream": stream, "epoch": epoch, "seq": seq} for stream in streams]
        await self.say("subscribe", id="s", streams=wanted)
        for _ in streams:
            answer = await self.next("subscribed", "resync", "refused")
        return answer


@dataclass(frozen=True)
class RunningNode:
    """A served messaging; `parts` are its open ones."""

    url: str
    parts: MessagingContext
    app: FastAPI

    @property
    def address(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/v1/realtime"

    @asynccontextmanager
    async def open(self, query: str = "", **arguments: Any) -> AsyncIterator[Socket]:
        """A socket that is not authenticated."""
        async with connect(
            self.address + query, **{"compression": None, "proxy": None, "max_size": None, **arguments}
        ) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def sign_in(
        self, tenant_id: UUID, user_id: UUID, *, expires_in: int = 600, role: str = "owner", **arguments: Any
    ) -> AsyncIterator[Socket]:
        """An authenticated socket."""
        async with self.open(**arguments) as socket:
            token = access_token(tenant_id, user_id=user_id, role=role, expires_in=expires_in)
            await socket.say("authenticate", token=token)
            await socket.next("welcome")
            yield socket


@asynccontextmanager
async def running_node(settings: MessagingSettings) -> AsyncIterator[RunningNode]:
    """messaging on a free port, as production serves it, with the tests' keys."""
    opened: list[MessagingContext] = []

    @asynccontextmanager
    async def with_keys_of_tests(settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
        async with open_messaging(settings) as context:
            opened.append(context)
            yield context

    app = create_application(replace(SERVICE, open_context=with_keys_of_tests), settings)
    async with served(app) as url:
        yield RunningNode(url, opened[0], app)


@asynccontextmanager
async def running_relay(context: MessagingContext) -> AsyncIterator[None]:
    """The worker's loop that tells Valkey."""
    stop = asyncio.Event()
    loop = relay_loop(context.database, context.cache, listen_url=context.settings.listen_url)
    task = asyncio.ensure_future(loop(stop))
    try:
        yield
    finally:
        stop.set()
        await task


@dataclass(frozen=True, kw_only=True)
class Room:
    """A group of all people of a business."""

    context: MessagingContext
    business: Business
    id: UUID
    epoch: UUID
    seq: int

    async def send(
        self, text: str = "Hallo", *, sender: int = 0, client_message_id: UUID | None = None
    ) -> MessageAnswer:
        """A message, written where the relay finds it."""
        sent = await send_message(
            self.context,
            tenant_id=self.business.id,
            sender_id=self.business.people[sender],
            conversation_id=self.id,
            client_message_id=client_message_id or new_id(),
            text=text,
        )
        return sent.message

    async def send_many(self, count: int) -> Sequence[int]:
        return [(await self.send(f"message {number}")).seq for number in range(count)]

    async def head(self) -> int:
        async with self.context.database.tenant_session(self.business.id) as session:
            stream = await streams.head(session, self.id)
        assert stream is not None
        return stream.last_seq


async def new_room(context: MessagingContext, business: Business) -> Room:
    """A group of everybody."""
    owner, *others = business.people
    ring = await context.rings.ring(business.id)
    body = NewConversation(kind="group", title="Kitchen", member_ids=others)
    async with context.database.tenant_session(business.id) as session:
        conversation_id = await open_group(context, session, business.id, owner, body, ring=ring)
    async with context.database.tenant_session(business.id) as session:
        head = await streams.head(session, conversation_id)
    assert head is not None
    return Room(context=context, business=business, id=conversation_id, epoch=head.epoch, seq=head.last_seq)


@asynccontextmanager
async def all_in(room: Room, node: RunningNode) -> AsyncIterator[list[Socket]]:
    """A socket of each person, subscribed to the room."""
    async with AsyncExitStack() as stack:
        sockets = []
        for person in room.business.people:
            socket = await stack.enter_async_context(node.sign_in(room.business.id, person))
            await socket.subscribe(room.id)
            sockets.append(socket)
        yield sockets
