"""Services and clients made of plain sockets, so that tests can send and see what no library would send."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Behaviour = Callable[["Received", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Received:
    """A request as it came over the wire; `gone` is set when its connection ended. Header names are lower case."""

    line: str
    headers: list[tuple[str, str]]
    reader: asyncio.StreamReader
    connection: int
    body: bytes = b""
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def header(self, name: str) -> str | None:
        """The only value of the header."""
        values = [value for key, value in self.headers if key == name]
        assert len(values) < 2, f"{name} came {len(values)} times"
        return values[0] if values else None


class RawService:
    """Listens on a free port, records requests, and answers each by `behaviour`."""

    def __init__(self, behaviour: Behaviour, *, reads_bodies: bool) -> None:
        self.behaviour = behaviour
        self._reads_bodies = reads_bodies
        self.requests: list[Received] = []
        self.connections = 0
        self.url = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until either side ends it."""
        self.connections += 1
        number = self.connections
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        received: Received | None = None
        try:
            while True:
                received = await _read_head(reader, number)
                self.requests.append(received)
                if self._reads_bodies:
                    await _read_body(received)
                await self.behaviour(received, writer)
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:
            if not self._ending:
                raise
        finally:
            if received is not None:
                received.gone.set()
            self._tasks.discard(task)
            writer.close()

    async def end(self) -> None:
        """Ends all connections."""
        self._ending = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def raw_service(behaviour: Behaviour, *, reads_bodies: bool = True) -> AsyncIterator[RawService]:
    """A running service; its address is `url`."""
    service = RawService(behaviour, reads_bodies=reads_bodies)
    server = await asyncio.start_server(service.handle, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        await service.end()


async def _read_head(reader: asyncio.StreamReader, connection: int) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head[:-4].split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (entry.partition(":") for entry in lines)]
    return Received(line, headers, reader, connection)


async def _read_body(received: Received) -> None:
    if length := received.header("content-length"):
        received.body = await received.reader.readexactly(int(length))
    elif received.header("transfer-encoding") == "chunked":
        while size := int(await received.reader.readuntil(b"\r\n"), 16):
            received.body += (await received.reader.readexactly(size + 2))[:-2]
        await received.reader.readexactly(2)


def answering(body: bytes = b"{}", *, status: str = "200 OK", headers: str = "") -> Behaviour:
    """Answers every request with this."""

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %b\r\n%bcontent-length: %d\r\n\r\n" % (status.encode(), headers.encode(), len(body)))
        writer.write(body)
        await writer.drain()

    return behave


async def exchange(url: str, request: bytes) -> bytes:
    """Sends bytes as they are, then reads until the other side closes; send `Connection: close`."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()
