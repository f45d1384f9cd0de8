"""WebSocket connections in great number for a load generator: little work for each frame (RFC 6455 §5.2).

Frames are masked with zeros, which costs nothing; a server cannot tell the difference.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
HANDSHAKE_SECONDS = 20.0


class Refused(Exception):
    """The handshake was answered by something else than 101; `status` is the HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"refused with {status}")


class Socket(asyncio.Protocol):
    """One connection. `on_text` is called with each text frame; while it is None, frames are only counted.

    `pong` is what the application's own pings, text frames of one character, are answered with, where it has such.
    """

    __slots__ = (
        "_buffer",
        "_head",
        "_transport",
        "_upgraded",
        "close_code",
        "frames",
        "on_text",
        "opened",
        "pings",
        "pong",
    )

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._upgraded = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_text: Callable[[bytes], None] | None = None
        self.frames = 0
        self.pings = 0
        self.pong: bytes | None = None
        self.close_code: int | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and self.close_code is None

    def send(self, text: bytes) -> None:
        """Sends a text frame."""
        self._write(TEXT, text)

    def abort(self) -> None:
        """Ends the connection without a word, as a lost network does."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        if not self._upgraded:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data
                return
            status = int(data[9:12])
            self._upgraded = True
            if status == 101:
                self.opened.set_result(None)
            else:
                self.close_code = status
                self.opened.set_exception(Refused(status))
            data = data[end + 4 :]
        self._buffer = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        """Takes the whole frames out of `data` and returns the rest."""
        at, size, on_text = 0, len(data), self.on_text
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + length > size:
                break
            opcode = data[at] & 15
            if opcode == TEXT and length == 1 and self.pong is not None:
                self.pings += 1
                self._write(TEXT, self.pong)
            elif opcode == TEXT:
                self.frames += 1
                if on_text is not None:
                    on_text(data[start : start + length])
            elif opcode == PING:
                self.pings += 1
                self._write(PONG, data[start : start + length])
            elif opcode == CLOSE:
                self.close_code = int.from_bytes(data[start : start + 2], "big")
            at = start + length
        return data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.close_code = self.close_code or 1006
        if not self.opened.done():
            self.opened.set_exception(ConnectionResetError())

    def _write(self, opcode: int, payload: bytes) -> None:
        length = len(payload)
        size = bytes((0x80 | length,)) if length < 126 else b"\xfe" + length.to_bytes(2, "big")
        if self._transport is not None:
            self._transport.write(bytes((0x80 | opcode,)) + size + b"\0\0\0\0" + payload)


async def open_socket(port: int, path: str, *, headers: str = "") -> Socket:
    """A connection to 127.0.0.1 whose handshake is done.

    Raises:
        Refused: the server answered with another status.
        OSError, TimeoutError: there was no answer.
    """
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n"
    )
    _, socket = await asyncio.get_running_loop().create_connection(lambda: Socket(head.encode()), "127.0.0.1", port)
    async with asyncio.timeout(HANDSHAKE_SECONDS):
        await socket.opened
    return socket
