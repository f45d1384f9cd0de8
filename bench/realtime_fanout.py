"""One room of many: how many deliveries a second, and how late they are at a given rate, for any server."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from bench.support.sockets import Socket

WINDOW = 40
SETTLE_SECONDS = 3.0
TEXT = "x" * 200
Publish = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Room:
    """Everyone in the room, and how something is said in it."""

    sockets: Sequence[Socket]
    publish: Publish


async def deliveries_per_second(room: Room, seconds: float) -> float:
    """As many as go: no more than `WINDOW` messages are on their way at a time."""
    watched = room.sockets[:: max(1, len(room.sockets) // 10)]
    base = min(socket.frames for socket in watched)
    before = sum(socket.frames for socket in room.sockets)
    started, said = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        if said - (min(socket.frames for socket in watched) - base) < WINDOW:
            await room.publish(f"{TEXT}{said:08}")
            said += 1
        else:
            await asyncio.sleep(0.0005)
    took = time.perf_counter() - started
    delivered = sum(socket.frames for socket in room.sockets) - before
    await asyncio.sleep(SETTLE_SECONDS)  # what is still on its way would delay what is measured next
    return delivered / took


async def delivery_p99_ms(room: Room, *, per_second: float, seconds: float) -> float:
    """The p99 of the time from saying to hearing, at `per_second` deliveries in all."""
    every = len(room.sockets) / per_second
    messages = int(seconds / every)
    heard = _Lateness(messages * len(room.sockets))
    for socket in room.sockets:
        socket.on_text = heard.note
    started = time.perf_counter()
    for number in range(messages):
        await asyncio.sleep(max(0.0, started + number * every - time.perf_counter()))
        await room.publish(f"{TEXT}@{time.perf_counter():.6f}@")
    async with asyncio.timeout(10):
        await heard.all_came.wait()
    for socket in room.sockets:
        socket.on_text = None
    return quantiles(heard.seconds, n=100)[98] * 1000


class _Lateness:
    """The time from saying to hearing of each delivery, until `wanted` came."""

    def __init__(self, wanted: int) -> None:
        self._missing = wanted
        self.seconds: list[float] = []
        self.all_came = asyncio.Event()

    def note(self, text: bytes) -> None:
        end = text.rfind(b"@")
        start = text.rfind(b"@", 0, end)
        if start >= 0:  # one that was read from PostgreSQL, as some are, has no time in it
            self.seconds.append(time.perf_counter() - float(text[start + 1 : end]))
        self._missing -= 1
        if self._missing == 0:
            self.all_came.set()
