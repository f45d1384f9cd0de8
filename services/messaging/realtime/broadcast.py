"""Writes a frame, encoded once, to many connections: straight to each transport, past queues and coroutines.

The only module that knows uvicorn from the inside: ASGI's `send` is a bound method of the protocol object, which has
the transport. The tests check the versions that this was written for. Frames from server to client are not masked
(RFC 6455 §5.1), so that the same bytes do for everybody.
"""

import asyncio
from collections.abc import Iterable

from starlette.types import Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MOST_BYTES = 1_048_576
MOST_FRAMES = 256
SECOND_LOOK_SECONDS = 0.05
CLOSE_SECONDS = 10.0
_TEXT = 0x81  # the last fragment of a text message


def text_frame(payload: bytes) -> bytes:
    """`payload`, UTF-8, as the bytes of one WebSocket text frame (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 65_536:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + payload


class Outlet:
    """Where frames to one client go. A client that does not read what it is sent is closed and holds up nobody.

    `frames` counts those written since the transport was last seen empty, `written` all bytes.
    """

    __slots__ = ("frames", "protocol", "suspected", "transport", "written")

    def __init__(self, send: Send) -> None:
        """Raises TypeError where `send` is not uvicorn's own, as behind middleware."""
        protocol = getattr(send, "__self__", None)
        if not isinstance(protocol, WebSocketsSansIOProtocol):
            raise TypeError("the socket must be served by uvicorn's `websockets-sansio`, without middleware")
        self.protocol = protocol
        self.transport: asyncio.Transport = protocol.transport
        self.frames = 0
        self.written = 0
        self.suspected = False

    @property
    def is_open(self) -> bool:
        """Whether frames can still be written."""
        return not (self.protocol.close_sent or self.transport.is_closing())

    def fall_behind(self) -> None:
        """Called when the client reads too slowly."""
        raise TypeError(f"{type(self).__name__} does not say what becomes of slow readers")

    def write(self, frames: bytes) -> None:
        """Writes the bytes of one frame, or of several."""
        broadcast(frames, (self,))

    async def write_paced(self, frames: bytes) -> None:
        """Writes when the client has read most of what it was sent before: for what it asked for, however much."""
        await self.protocol.writable.wait()
        self.frames = 0
        self.write(frames)

    def close(self, code: int, reason: str = "") -> None:
        """Begins to close, after what was written already; a client that never reads that is cut off."""
        if not self.is_open:
            return
        protocol = self.protocol
        protocol.conn.send_close(code, reason)
        self.transport.write(b"".join(protocol.conn.data_to_send()))
        protocol.close_sent = True
        protocol.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if protocol.read_paused:
            protocol.read_paused = False
            self.transport.resume_reading()
        protocol.close_timer = protocol.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def look_again(self) -> None:
        """Many frames were written without the transport being seen empty: is the client slow, or was it a burst?"""
        if not self.suspected:
            self.suspected = True
            self.protocol.loop.call_later(SECOND_LOOK_SECONDS, self._second_look, self.written)

    def _second_look(self, written: int) -> None:
        self.suspected = False
        if not self.is_open:
            return
        since = self.written - written
        if self.transport.get_write_buffer_size() > since:
            self.fall_behind()
        else:
            self.frames = 0


def broadcast(frame: bytes, outlets: Iterable[Outlet]) -> int:
    """Writes `frame` to every outlet that is open; returns to how many."""
    size, count = len(frame), 0
    for outlet in outlets:
        transport = outlet.transport
        if transport.is_closing() or outlet.protocol.close_sent:
            continue
        waiting = transport.get_write_buffer_size()
        if waiting:
            outlet.frames += 1
            if waiting > MOST_BYTES:
                outlet.fall_behind()
                continue
            if outlet.frames > MOST_FRAMES:
                outlet.look_again()
        else:
            outlet.frames = 0
        transport.write(frame)
        outlet.written += size
        count += 1
    return count
