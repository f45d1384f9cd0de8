"""A mail server of a few lines that keeps what it is sent: enough of RFC 5321 for one client at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class SmtpServer:
    """Refuses recipients by the answer given for them in `answers`, such as `{"a@b.c": "550 unknown"}`."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        try:
            while line := (await reader.readline()).decode():
                writer.write((await self._answer(line.strip(), reader, writer) + "\r\n").encode())
                await writer.drain()
                if line.upper().startswith("QUIT"):
                    break
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        if line.upper().startswith("RCPT TO:"):
            return self.answers.get(line[8:].strip(" <>"), "250 ok")
        if line.upper() == "DATA":
            writer.write(b"354 go on\r\n")
            body = await reader.readuntil(b"\r\n.\r\n")
            message = message_from_bytes(body[:-3].replace(b"\r\n..", b"\r\n."), policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        return "221 bye" if line.upper() == "QUIT" else "250 ok"


@asynccontextmanager
async def smtp_server() -> AsyncIterator[SmtpServer]:
    """The server on a free port."""
    kept = SmtpServer()
    server = await asyncio.start_server(kept.talk, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept
