"""A clamd of a few lines, strict about its protocol (clamd(8)): it knows one malware and has a limit for streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# In two parts, so that no scanner takes this file for it (https://www.eicar.org/download-anti-malware-testfile/).
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"


@dataclass
class Clamd:
    """What was scanned, and what was wrong about how it was asked. While `deaf`, it hangs up at once."""

    max_stream: int
    port: int = 0
    deaf: bool = False
    scanned: list[bytes] = field(default_factory=list)
    broken_rules: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self.deaf:
                writer.write(await self._answer(reader) + b"\0")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.broken_rules.append(repr(error))
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            return b"PONG"
        if command != b"zINSTREAM\0":
            self.broken_rules.append(f"unknown command {command!r}")
            return b"UNKNOWN COMMAND"
        stream = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            if len(stream) + length > self.max_stream:
                return b"INSTREAM size limit exceeded. ERROR"
            stream += await reader.readexactly(length)
        self.scanned.append(stream)
        return f"stream: {NAME} FOUND".encode() if EICAR in stream else b"stream: OK"


@asynccontextmanager
async def fake_clamd(*, max_stream: int = 100 * 1024 * 1024) -> AsyncIterator[Clamd]:
    """A clamd on a free port; ends by checking that it was asked as clamd wants to be asked."""
    kept = Clamd(max_stream)
    server = await asyncio.start_server(kept.talk, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept
    assert kept.broken_rules == []
