"""People at the sockets of messaging: how a load generator joins, and what it reads of the frames."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from bench.support.sockets import Refused, Socket, open_socket

PATH = "/v1/realtime"
AT_ONCE = 100
TRIES = 200
RETRY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a stream somebody stands."""

    stream: UUID
    epoch: str | None = None
    seq: int | None = None


async def join(port: int, token: str, places: Sequence[Place] = ()) -> Socket:
    """A connection that is authenticated and subscribed; where the node asks to wait, it waits.

    Raises:
        Refused, OSError, TimeoutError
    """
    socket = await _opened(port)
    frames = FrameWaiter(socket)
    socket.send(orjson.dumps({"type": "authenticate", "token": token}))
    await frames.next("welcome")
    if places:
        socket.send(subscription(places))
        for _ in places:
            await frames.next("subscribed")
    socket.on_text = None
    return socket


def subscription(places: Sequence[Place]) -> bytes:
    """The frame that subscribes to all of them."""
    streams = [{"stream": str(place.stream), "epoch": place.epoch, "seq": place.seq} for place in places]
    return orjson.dumps({"type": "subscribe", "id": "1", "streams": streams})


async def join_all(port: int, tokens: Sequence[str], places: Sequence[Sequence[Place]]) -> list[Socket]:
    """Many connections, `AT_ONCE` at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(token: str, wanted: Sequence[Place]) -> Socket:
        async with gate:
            return await join(port, token, wanted)

    return list(await asyncio.gather(*(one(*each) for each in zip(tokens, places, strict=True))))


async def _opened(port: int) -> Socket:
    for _ in range(TRIES):
        try:
            return await open_socket(port, PATH)
        except Refused as refused:
            if refused.status != 503:
                raise
            await asyncio.sleep(RETRY_SECONDS)
    raise TimeoutError("the node refuses for too long")


class FrameWaiter:
    """Reads a socket's frames in order; those of other types are passed over."""

    def __init__(self, socket: Socket) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._socket = socket
        socket.on_text = self._queue.put_nowait

    async def next(self, kind: str, *, matching: Callable[[Any], bool] = lambda _frame: True) -> Any:
        """The next frame of this type."""
        async with asyncio.timeout(30):
            while True:
                frame = orjson.loads(await self._queue.get())
                if frame["type"] in {"error", "refused"}:
                    raise RuntimeError(f"the node says {frame}")
                if frame["type"] == kind and matching(frame):
                    return frame
