"""The body of a request on its way to a service: bounded in size and time, framed anew."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Self

from starlette.types import Message, Receive

from libs.common.middleware.deadlines import RequestTimeout
from libs.common.problems import BadRequest, PayloadTooLarge
from services.gateway.forwarding.headers import Headers, header

CLOSE = {"Connection": "close"}
DISCARDED_BYTES = 8_388_608
DISCARD_SECONDS = 2.0


class ClientGone(Exception):
    """The client closed its connection before it had its answer."""


class RequestBody:
    """Reads the body piece by piece; `framing` is the header line under which the pieces are sent."""

    def __init__(self, receive: Receive, *, length: int | None, most: int, seconds: float) -> None:
        self._receive = receive
        self._length = length
        self._most = most
        self._until = monotonic() + seconds
        self._received = 0
        self.complete = False
        self.framing = b"transfer-encoding: chunked\r\n" if length is None else b"content-length: %d\r\n" % length

    @classmethod
    def of(cls, headers: Headers, receive: Receive, most: int, seconds: float) -> Self | None:
        """The body, or None where the request has none. `most` is in bytes.

        Raises:
            PayloadTooLarge: it says itself that it is larger.
        """
        length = header(headers, b"content-length")
        if length is None:
            if header(headers, b"transfer-encoding") is None:
                return None
            return cls(receive, length=None, most=most, seconds=seconds)
        if not length.isdigit():
            raise BadRequest("`Content-Length` is not a number.", headers=CLOSE)
        if int(length) > most:
            raise _too_large(most)
        return cls(receive, length=int(length), most=most, seconds=seconds)

    async def first(self) -> bytes:
        """The first piece, ready to be sent with the head; most bodies are complete with it.

        Raises:
            ClientGone, PayloadTooLarge, RequestTimeout
        """
        return await self._next() or b""

    async def rest(self) -> AsyncIterator[bytes]:
        """All further pieces, framed. Raises as `first` does."""
        while not self.complete:
            if piece := await self._next():
                yield piece

    async def _next(self) -> bytes:
        message = await self._receive_in_time()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        self._received += len(piece)
        if self._received > self._most:
            raise _too_large(self._most)
        self.complete = not message.get("more_body", False)
        if self._length is not None:
            return piece
        framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
        return framed + b"0\r\n\r\n" if self.complete else framed

    async def _receive_in_time(self) -> Message:
        try:
            async with asyncio.timeout(max(0.0, self._until - monotonic())):
                return await self._receive()
        except TimeoutError:
            raise RequestTimeout(headers=CLOSE) from None


async def discard_rest(headers: Headers, receive: Receive) -> None:
    """Reads on for a while without keeping anything, so that a client still sending gets to see the refusal.

    Closing at once would reset the connection under the answer (RFC 9112 §9.6). A client that asks first
    (`Expect: 100-continue`) has sent nothing.
    """
    if header(headers, b"expect") is not None:
        return
    discarded = 0
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while discarded < DISCARDED_BYTES:
                message = await receive()
                discarded += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _too_large(most: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"A request may have {most} bytes at most.", headers=CLOSE)
