"""A proxy between clients and the nodes of messaging that behaves badly: it spreads connections over the nodes, sends
events twice or in the wrong order, and cuts connections at a word.

A client says who it is by `?who=<number>` at the end of the address; the nodes never see that.
"""

import asyncio
import random
import re
from collections.abc import Sequence
from contextlib import suppress

CHUNK = 65_536
EVENT = b'"type":"event"'
_LOST = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, RuntimeError)
"""How the end of a connection shows; uvloop raises RuntimeError where something is written after it."""
_WHO = re.compile(rb"[?&]who=(\d+)")


class UnrulyProxy:
    """Serves on `port` from `start` on. `ports` are those of the nodes; chances are of each event."""

    def __init__(self, ports: Sequence[int], *, twice: float, swapped: float, chance: random.Random) -> None:
        self._ports = ports
        self._twice = twice
        self._swapped = swapped
        self._chance = chance
        self._open: dict[int, set[asyncio.StreamWriter]] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self) -> None:
        """Takes connections from now on."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cuts everything."""
        if self._server is not None:
            self._server.close()
        for who in list(self._open):
            self.cut(who)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self, who: int) -> bool:
        """Ends the client's connections as a lost network does; False if it has none at the moment."""
        writers = self._open.get(who, set())
        for writer in list(writers):
            writer.transport.abort()
        return bool(writers)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with suppress(*_LOST):
            await self._carry(reader, writer)
        writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = _WHO.search(head)
        who = -1 if found is None else int(found[1])
        ports = self._chance.sample(self._ports, len(self._ports))
        far_reader, far_writer = await _first_open(ports)
        both = {writer, far_writer}
        self._open.setdefault(who, set()).update(both)
        try:
            far_writer.write(_WHO.sub(b"", head, count=1))
            up = asyncio.create_task(_pump(reader, far_writer))
            try:
                await self._down(far_reader, writer)
            finally:
                up.cancel()
                await asyncio.gather(up, return_exceptions=True)
        finally:
            self._open[who] -= both
            far_writer.transport.abort()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readuntil(b"\r\n\r\n"))
        held = b""
        while True:
            frame = await _next_frame(reader, may_wait=not held)
            if frame is None:  # nothing came to swap it with
                writer.write(held)
                held = b""
                continue
            frames, held = self._disturbed(frame, held)
            writer.writelines(frames)
            await writer.drain()

    def _disturbed(self, frame: bytes, held: bytes) -> tuple[list[bytes], bytes]:
        """What is sent on now, and what is held back to come after the next frame."""
        if EVENT not in frame:
            return [held, frame], b""
        if not held and self._chance.random() < self._swapped:
            return [], frame
        again = [frame] if self._chance.random() < self._twice else []
        return [frame, held, *again], b""


async def _first_open(ports: Sequence[int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for port in ports:
        with suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    raise ConnectionRefusedError("no node listens")


async def _next_frame(reader: asyncio.StreamReader, *, may_wait: bool) -> bytes | None:
    """The next frame from a server, whole (RFC 6455 §5.2: it is not masked); None if none comes soon."""
    try:
        async with asyncio.timeout(None if may_wait else 0.05):
            head = await reader.readexactly(2)
    except TimeoutError:
        return None
    length = head[1]
    if length in {126, 127}:
        extended = await reader.readexactly(2 if length == 126 else 8)
        head, length = head + extended, int.from_bytes(extended, "big")
    return head + await reader.readexactly(length)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.transport.abort()
