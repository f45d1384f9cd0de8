"""A client of messaging's socket: it connects, resumes where it was, drops what it has, asks on gaps, and sends until
the message is kept. The protocol is described in `docs/reference/realtime.md`.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from libs.common.ids import new_id
from services.messaging.realtime.closing import BY_CODE

State = Literal["connecting", "live", "reconnecting", "stopped"]
Frame = dict[str, Any]
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
ANSWER_SECONDS = 10.0
LOST = (OSError, TimeoutError, WebSocketException)


class Stopped(Exception):
    """The server closed with a code after which coming back is of no use."""


@dataclass(slots=True)
class Position:
    """How far a stream is known here; `asked` while the answer to a subscription is awaited."""

    epoch: str | None = None
    seq: int | None = None
    asked: bool = False


@dataclass(slots=True)
class Unsent:
    """A message on its way; `kept` is answered with the message as the server keeps it."""

    frame: Frame
    kept: "asyncio.Future[Frame]"


def socket_url(gateway_url: str) -> str:
    """Where the socket of a gateway is: no token stands in it."""
    parts = urlsplit(gateway_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/v1/realtime", "", ""))


class RealtimeClient:
    """`token()` gives a valid access token each time it is asked.

    `on_event` gets each event of a followed stream once and in order. `on_resync` is told when a stream cannot be
    continued: fetch over HTTP; events after the given frame's `seq` follow. `on_frame` gets everything else.
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], Awaitable[str]],
        *,
        on_event: Callable[[Frame], None],
        on_resync: Callable[[Frame], None],
        on_frame: Callable[[Frame], None] = lambda _frame: None,
        on_state: Callable[[State], None] = lambda _state: None,
    ) -> None:
        self._url = url
        self._token = token
        self._on_event = on_event
        self._on_resync = on_resync
        self._on_frame = on_frame
        self._on_state = on_state
        self._positions: dict[str, Position] = {}
        self._unsent: dict[str, Unsent] = {}
        self._socket: ClientConnection | None = None
        self._live = False
        self._failures = 0

    def follow(self, stream: str, *, epoch: str | None = None, seq: int | None = None) -> None:
        """Follows a stream from a known position, or from now on."""
        self._positions[stream] = Position(epoch, seq)
        if self._live:
            asyncio.ensure_future(self._ask([stream]))  # noqa: RUF006  # a lost question is asked anew on reconnecting

    async def send(self, conversation_id: str, text: str, *, thread_root_id: str | None = None) -> Frame:
        """Sends a message and waits, through any number of connections, until the server keeps it; returns it.

        Raises:
            ValueError: the server refuses it, with its reason.
        """
        message_id = str(new_id())
        frame = {
            "type": "send",
            "id": message_id,
            "client_message_id": message_id,
            "conversation_id": conversation_id,
            "text": text,
            "thread_root_id": thread_root_id,
        }
        unsent = Unsent(frame, asyncio.get_running_loop().create_future())
        self._unsent[message_id] = unsent
        if self._live:
            await self.say(frame)
        try:
            return await unsent.kept
        finally:
            self._unsent.pop(message_id, None)

    async def say(self, frame: Frame) -> None:
        """Sends a frame if there is a connection; what is lost with one is not sent again."""
        if self._socket is not None:
            with suppress(*LOST):
                await self._socket.send(json.dumps(frame))

    async def run(self) -> None:
        """Stays connected until cancelled.

        Raises:
            Stopped
        """
        while True:
            self._on_state("connecting" if self._failures == 0 else "reconnecting")
            wait = 0.0
            try:
                wait = await self._one_connection()
            except InvalidStatus as refused:
                if refused.response.status_code < 500 and refused.response.status_code != 429:
                    raise Stopped(f"refused with {refused.response.status_code}") from None
            except LOST:
                pass
            finally:
                self._live, self._socket = False, None
            self._failures += 1
            self._on_state("reconnecting")
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures, 10))
            await asyncio.sleep(wait + random.uniform(0, longest))  # noqa: S311  # spreads clients, guards nothing

    async def _one_connection(self) -> float:
        """Lives through one connection; returns how long to wait at least before the next."""
        async with connect(self._url, compression=None, open_timeout=ANSWER_SECONDS, ping_interval=None) as socket:
            self._socket = socket
            await socket.send(json.dumps({"type": "authenticate", "token": await self._token()}))
            try:
                async for text in socket:
                    await self._take(json.loads(text))
            except ConnectionClosed:
                pass
            closing = BY_CODE.get(socket.close_code or 1006)
            if closing is not None and closing.advice == "stop":
                raise Stopped(f"{closing.code} {closing.name}: {closing.meaning}")
            return 0.0 if closing is None else float(closing.wait_seconds)

    async def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                await self._begin()
            case "subscribed":
                self._answered(frame, seq=frame["seq"])
            case "event":
                await self._take_event(frame)
            case "resync":
                position = self._positions.setdefault(frame["stream"], Position())
                position.epoch, position.seq, position.asked = frame["epoch"], frame["seq"], False
                self._on_resync(frame)
            case "sent":
                self._settle(frame["id"], frame["message"])
            case "error":
                await self._refused(frame)
            case "reauthenticate":
                await self.say({"type": "authenticate", "token": await self._token()})
            case "reconnect":
                self._leave_after(frame["after_ms"] / 1000)
            case _:
                self._on_frame(frame)

    async def _begin(self) -> None:
        self._live = True
        await self._ask(list(self._positions))
        for unsent in list(self._unsent.values()):
            await self.say(unsent.frame)
        self._on_state("live")

    async def _ask(self, streams: list[str]) -> None:
        for stream in streams:
            self._positions[stream].asked = True
        for start in range(0, len(streams), 100):
            wanted = [
                {"stream": stream, "epoch": self._positions[stream].epoch, "seq": self._positions[stream].seq}
                for stream in streams[start : start + 100]
            ]
            await self.say({"type": "subscribe", "id": str(new_id()), "streams": wanted})

    def _answered(self, frame: Frame, *, seq: int) -> None:
        position = self._positions.setdefault(frame["stream"], Position())
        position.asked = False
        if position.seq is None or position.epoch != frame["epoch"]:
            position.epoch, position.seq = frame["epoch"], seq
        self._failures = 0

    async def _take_event(self, frame: Frame) -> None:
        position = self._positions.get(frame["stream"])
        if position is None or position.seq is None or frame["epoch"] != position.epoch:
            return
        if frame["seq"] == position.seq + 1:
            position.seq = frame["seq"]
            self._on_event(frame)
        elif frame["seq"] > position.seq and not position.asked:
            await self._ask([frame["stream"]])

    async def _refused(self, frame: Frame) -> None:
        """A message that cannot be kept is given back; one that only cannot be kept now is sent again."""
        unsent = self._unsent.get(frame["id"] or "")
        if unsent is None:
            self._on_frame(frame)
        elif frame["code"] in {"busy", "unavailable", "service_unavailable", "keys_unavailable"}:
            await asyncio.sleep(FIRST_PAUSE)
            await self.say(unsent.frame)
        elif not unsent.kept.done():
            unsent.kept.set_exception(ValueError(f"{frame['code']}: {frame['detail']}"))

    def _settle(self, message_id: str, message: Frame) -> None:
        unsent = self._unsent.get(message_id)
        if unsent is not None and not unsent.kept.done():
            unsent.kept.set_result(message)

    def _leave_after(self, seconds: float) -> None:
        socket = self._socket
        if socket is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(seconds, lambda: asyncio.ensure_future(socket.close(1001)))
