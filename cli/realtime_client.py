"""A client of `WS /v1/realtime`: connects, authenticates, follows streams, and comes back from where it was.

Each event reaches the listener once and in order, whatever happens to the connection; where that cannot be, the
listener is told to fetch anew.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol
from uuid import UUID

import orjson
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from libs.common.ids import new_id
from services.messaging.messages.schemas import MessageAnswer
from services.messaging.realtime.closing import ABNORMAL, BY_CODE, Closing
from services.messaging.realtime.frames import (
    MAX_STREAMS,
    SERVER_FRAME,
    Authenticate,
    Authenticated,
    Error,
    Event,
    FromClient,
    FromServer,
    Reauthenticate,
    Reconnect,
    Refused,
    Resync,
    Send,
    Sent,
    Subscribe,
    Subscribed,
    Unsubscribed,
    Wanted,
    Welcome,
)

State = Literal["connecting", "open", "waiting", "closed"]
FIRST_WAIT, LONGEST_WAIT = 0.25, 20.0
OPEN_SECONDS = 10.0


class Listener(Protocol):
    """What the client calls; all of it in the order in which it happened."""

    def state(self, state: State, closing: Closing | None) -> None:
        """The connection is in this state now; `closing` says why it ended."""

    def event(self, event: Event) -> None:
        """The next event of a stream."""

    def resync(self, frame: Resync) -> None:
        """The stream is to be fetched anew over HTTP; events after `frame.seq` follow."""

    def told(self, frame: FromServer) -> None:
        """Everything else: typing, presence, refusals."""


class SendRefused(Exception):
    """The server did not take the message; `code` is as in problem documents."""

    def __init__(self, error: Error) -> None:
        self.code = error.code
        super().__init__(error.detail)


@dataclass(slots=True)
class Position:
    """How far the client has a stream; `seq` is None until the server has said where it begins.

    While it is `asked` for, a gap is no reason to ask again.
    """

    epoch: UUID | None = None
    seq: int | None = None
    asked: bool = False


class RealtimeClient:
    """`url` is `ws://…/v1/realtime`. `token` gives a valid access token each time it is asked."""

    def __init__(
        self, url: str, token: Callable[[], Awaitable[str]], listener: Listener, *, first_wait: float = FIRST_WAIT
    ) -> None:
        self.positions: dict[UUID, Position] = {}
        self.welcome: Welcome | None = None
        self.dropped = 0
        self._url = url
        self._token = token
        self._listener = listener
        self._first_wait = first_wait
        self._socket: ClientConnection | None = None
        self._unsent: dict[str, tuple[Send, asyncio.Future[MessageAnswer]]] = {}
        self._moving: asyncio.TimerHandle | None = None
        self._later: set[asyncio.Task[None]] = set()

    async def run(self) -> Closing:
        """Stays connected until the server says not to come back; returns why. Cancel it to leave."""
        attempt = 0
        try:
            while True:
                self._listener.state("connecting", None)
                self.welcome = None
                closing, least = await self._serve_once()
                if closing.advice == "stop" and closing.code != 1000:
                    self._listener.state("closed", closing)
                    return closing
                attempt = 0 if self.welcome is not None else attempt + 1
                self._listener.state("waiting", closing)
                wait = self._first_wait * 2 ** min(attempt, 10)
                await asyncio.sleep(max(least, random.uniform(0, min(LONGEST_WAIT, wait))))  # noqa: S311  # spreads clients
        finally:
            if self._moving is not None:
                self._moving.cancel()
            for task in self._later:
                task.cancel()

    async def follow(self, stream: UUID, *, epoch: UUID | None = None, seq: int | None = None) -> None:
        """Follows a stream from a position, or from now on."""
        self.positions[stream] = Position(epoch, seq)
        if self.welcome is not None:
            await self._subscribe([stream])

    async def send(self, conversation_id: UUID, text: str, *, client_message_id: UUID | None = None) -> MessageAnswer:
        """Sends a message, again after each drop, until it is acknowledged.

        Raises:
            SendRefused
        """
        frame = Send(
            id=new_id().hex,
            conversation_id=conversation_id,
            client_message_id=client_message_id or new_id(),
            text=text,
        )
        acknowledged: asyncio.Future[MessageAnswer] = asyncio.get_running_loop().create_future()
        self._unsent[frame.id] = (frame, acknowledged)
        try:
            if self.welcome is not None:
                await self.say(frame)
            return await acknowledged
        finally:
            self._unsent.pop(frame.id, None)

    async def say(self, frame: FromClient) -> None:
        """Sends a frame if there is a connection; what must arrive is sent by `send` and `follow`."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(frame.model_dump_json())

    async def drop(self) -> None:
        """Breaks the connection, as a bad network would."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _serve_once(self) -> tuple[Closing, float]:
        """One connection from its beginning to its end: why it ended, and the least time to wait."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._socket = await connect(
                    self._url, compression=None, ping_interval=None, max_size=None, proxy=None, max_queue=256
                )
        except InvalidStatus as refused:
            return ABNORMAL, float(refused.response.headers.get("Retry-After", "1"))
        except (OSError, TimeoutError, InvalidHandshake):
            return ABNORMAL, 0.0
        try:
            await self.say(Authenticate(token=await self._token()))
            async for text in self._socket:
                await self._take(text)
        except ConnectionClosed:
            pass
        finally:
            socket, self._socket = self._socket, None
            socket.transport.abort()
        closing = BY_CODE.get(socket.close_code or ABNORMAL.code, ABNORMAL)
        return closing, float(closing.wait_seconds)

    async def _take(self, text: str | bytes) -> None:
        try:
            frame = SERVER_FRAME.validate_json(text)
        except ValidationError:
            if "type" not in orjson.loads(text):
                raise
            return  # a newer server tells of something that this client does not know
        match frame:
            case Event():
                await self._take_event(frame)
            case Subscribed():
                self._began(frame)
            case Resync():
                self.positions[frame.stream] = Position(frame.epoch, frame.seq)
                self._listener.resync(frame)
            case Refused() if frame.code == "unavailable":
                self._soon(partial(self._subscribe, [frame.stream]))
            case Unsubscribed() | Refused():
                self.positions.pop(frame.stream, None)
                self._listener.told(frame)
            case Sent() | Error():
                self._answered(frame)
            case _:
                await self._take_other(frame)

    async def _take_other(self, frame: FromServer) -> None:
        match frame:
            case Welcome():
                self.welcome = frame
                self._listener.state("open", None)
                await self._subscribe(self.positions)
                for unsent, _ in list(self._unsent.values()):
                    await self.say(unsent)
            case Reauthenticate():
                await self.say(Authenticate(token=await self._token()))
            case Reconnect():
                loop = asyncio.get_running_loop()
                self._moving = loop.call_later(frame.after_ms / 1000, self._move, self._socket)
            case Authenticated():
                pass
            case _:
                self._listener.told(frame)

    async def _take_event(self, event: Event) -> None:
        position = self.positions.get(event.stream)
        if position is None or position.seq is None or event.epoch != position.epoch or event.seq <= position.seq:
            self.dropped += 1
        elif event.seq == position.seq + 1:
            position.seq = event.seq
            self._listener.event(event)
        else:
            self.dropped += 1
            if not position.asked:
                await self._subscribe([event.stream])

    def _began(self, frame: Subscribed) -> None:
        position = self.positions.get(frame.stream)
        if position is not None:
            position.asked = False
            if position.seq is None:
                position.epoch, position.seq = frame.epoch, frame.seq
        self._listener.told(frame)

    def _answered(self, frame: Sent | Error) -> None:
        known = self._unsent.get(frame.id or "")
        if known is None or known[1].done():
            self._listener.told(frame)
        elif isinstance(frame, Sent):
            known[1].set_result(frame.message)
        elif frame.code not in {"unavailable", "busy"}:
            known[1].set_exception(SendRefused(frame))
        else:
            self._soon(partial(self.say, known[0]))

    def _soon(self, say: Callable[[], Awaitable[None]]) -> None:
        """Says something a little later, on this connection; on the next one everything is said anew."""

        async def later() -> None:
            await asyncio.sleep(self._first_wait)
            await say()

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _subscribe(self, streams: Iterable[UUID]) -> None:
        wanted = []
        for stream in streams:
            if (at := self.positions.get(stream)) is not None:
                at.asked = True
                wanted.append(Wanted(stream=stream, epoch=at.epoch, seq=at.seq))
        for start in range(0, len(wanted), MAX_STREAMS):
            await self.say(Subscribe(id=new_id().hex, streams=wanted[start : start + MAX_STREAMS]))

    def _move(self, socket: ClientConnection | None) -> None:
        """Leaves a node that ends, for another."""
        if socket is not None and socket is self._socket:
            socket.transport.abort()
