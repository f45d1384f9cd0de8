"""One keep-alive connection to a service: writes a request, parses the answer as it comes (RFC 9112).

It is leaner than a general client: one future per wait, no queue, no task; that is what makes forwarding cheap.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import cast

import httptools

from services.gateway.forwarding.errors import ConnectionLost, Malformed, TooLate, UpstreamFault
from services.gateway.forwarding.headers import Headers

BUFFERED_BYTES = 65_536
HEAD_BYTES = 65_536
_BODILESS = frozenset({204, 304})


class UpstreamConnection(asyncio.Protocol):
    """Carries one exchange at a time. `deadline` is on the monotonic clock and watched by the pool."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._reading_paused = False
        self.idle_since = 0.0
        self.exchanges = 0
        self.closed = False
        self._reset(head_only=False)

    def _reset(self, *, head_only: bool) -> None:
        self._head_only = head_only
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._framed = False
        self._informational = False
        self._fault: UpstreamFault | None = None
        self.headers: Headers = []
        self.status = 0
        self.busy = False
        self.answer_begun = False
        self.complete = False
        self.keep_alive = True
        self.started = 0.0
        self.deadline = 0.0
        self.on_slow: Callable[[], None] | None = None

    # What the forwarder calls

    def begin(self, head: bytes, *, head_only: bool, deadline: float) -> None:
        """Sends the head of a request and makes ready for its answer."""
        self._reset(head_only=head_only)
        self.busy = True
        self.exchanges += 1
        self.started = monotonic()
        self.deadline = deadline
        self.write(head)

    def write(self, data: bytes) -> None:
        """Sends bytes of the request; what is written to a lost connection goes nowhere."""
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    async def drain(self) -> None:
        """Waits until the service has taken enough of what was written."""
        if self._drained is not None and not self.closed:
            await self._drained

    async def head(self) -> None:
        """Waits for status and headers.

        Raises:
            UpstreamFault: no usable answer came.
        """
        while not self.status:
            await self._progress()

    async def chunk(self) -> bytes:
        """What has come of the body since the last call, waiting for at least some; empty at its end.

        Raises:
            UpstreamFault: the answer broke off.
        """
        while not self._chunks:
            if self.complete:
                return b""
            await self._progress()
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        if self._reading_paused and self._transport is not None:
            self._reading_paused = False
            self._transport.resume_reading()
        return data

    @property
    def finished(self) -> bool:
        """True when the whole answer was received and taken."""
        return self.complete and not self._chunks

    def fail(self, fault: UpstreamFault) -> None:
        """Ends the exchange with `fault` and closes the connection."""
        if self._fault is None:
            self._fault = fault
        self.close()

    def time_out(self) -> None:
        """Called by the pool when the deadline has passed."""
        self.fail(TooLate())

    def close(self) -> None:
        """Closes at once; nothing more is sent."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    async def _progress(self) -> None:
        if self._fault is not None:
            raise self._fault
        if self.closed:
            raise ConnectionLost
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self.closed:
            self.resume_writing()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self.busy:
            self.close()  # bytes that nobody asked for: the next answer could not be told from them
            return
        self.answer_begun = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self.complete:
                self.fail(Malformed())
            self.closed = True
        if self._buffered > BUFFERED_BYTES and not self._reading_paused and self._transport is not None:
            self._reading_paused = True
            self._transport.pause_reading()
        if self.status or self._fault is not None:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self.busy and self.status and not self._framed and not self.complete and exc is None:
            self.complete = True  # the end of the connection was the end of the body (RFC 9112 §6.3)
        self._wake()

    def pause_writing(self) -> None:
        if self._drained is None:
            self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # The parser's callbacks

    def on_message_begin(self) -> None:
        if self.complete:
            self.keep_alive = False  # a second answer to one request
            raise Malformed

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in {b"content-length", b"transfer-encoding"}:
            self._framed = True
        self._buffered += len(name) + len(value)
        if self._buffered > HEAD_BYTES:
            raise Malformed
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self._buffered = 0
        if status < 200:
            if status == 101:
                raise Malformed
            self._informational = True
            self.headers = []
            return
        self.status = status
        self.keep_alive = self._parser.should_keep_alive()
        if self._head_only or status in _BODILESS:
            self.complete = True
            self._parser = httptools.HttpResponseParser(self)  # the old one may wait for a body that never comes

    def on_body(self, body: bytes) -> None:
        if self.complete:
            raise Malformed
        self._chunks.append(body)
        self._buffered += len(body)

    def on_message_complete(self) -> None:
        if self._informational:
            self._informational = False
            return
        self.complete = True
