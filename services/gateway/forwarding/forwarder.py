"""Forwards one request to a service and its answer back, both as streams."""

import asyncio
from dataclasses import dataclass
from time import monotonic

import structlog
from starlette.types import Message, Receive, Scope, Send

from libs.common.middleware.deadlines import RequestTimeout
from libs.common.problems import BadRequest, PayloadTooLarge
from services.gateway.forwarding.body import ClientGone, RequestBody, discard_rest
from services.gateway.forwarding.connection import UpstreamConnection
from services.gateway.forwarding.errors import (
    AnswerTooLate,
    BadAnswer,
    ConnectionLost,
    TooLate,
    UpstreamFault,
)
from services.gateway.forwarding.headers import request_head, returned_headers
from services.gateway.forwarding.pool import UpstreamPool

logger = structlog.get_logger()
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
BODILESS_STATUS = frozenset({204, 304})


@dataclass(frozen=True, kw_only=True)
class ForwardingLimits:
    """Bytes and seconds. `answer_seconds` runs to the answer's head; then only silence is limited (streams)."""

    body_bytes: int = 1_048_576
    body_seconds: float = 10
    answer_seconds: float = 25
    silence_seconds: float = 60


class Forwarder:
    """Forwards to any pool, within the limits."""

    def __init__(self, limits: ForwardingLimits | None = None) -> None:
        self._limits = limits or ForwardingLimits()

    async def forward(self, pool: UpstreamPool, own: list[bytes], scope: Scope, receive: Receive, send: Send) -> None:
        """Forwards; `own` are header lines that the gateway writes itself.

        An answer that breaks off after its head is left incomplete, so that the server closes the connection and the
        caller can tell. A client that goes away ends the exchange with the service.

        Raises:
            PayloadTooLarge, RequestTimeout, ServiceDown, NoFreeConnection, BadAnswer, AnswerTooLate: nothing has been
            sent yet.
        """
        exchange = _Exchange(pool, self._limits, scope, receive, send)
        try:
            await exchange.run(own)
        except ClientGone:
            return
        except PayloadTooLarge:
            await discard_rest(scope["headers"], receive)
            raise


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, pool: UpstreamPool, limits: ForwardingLimits, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._watcher: asyncio.Task[None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._client_gone = False

    async def run(self, own: list[bytes]) -> None:
        scope = self._scope
        deadline = monotonic() + self._limits.answer_seconds
        body = RequestBody.of(scope["headers"], self._receive, self._limits.body_bytes, self._limits.body_seconds)
        first = await body.first() if body is not None else b""
        head = request_head(
            scope["method"],
            _target(scope),
            scope["headers"],
            own=(self._pool.host_line, *own),
            framing=body.framing if body is not None else b"",
        )
        replayable = scope["method"] in IDEMPOTENT and (body is None or body.complete)
        connection = await self._answered(head + first, body, replayable, deadline)
        try:
            await self._return(connection)
        finally:
            self._pool.release(connection)
            await self._stop_helpers()

    async def _answered(
        self, request: bytes, body: RequestBody | None, replayable: bool, deadline: float
    ) -> UpstreamConnection:
        """A connection on which the head of the answer has come."""
        fresh = False
        while True:
            connection = await self._pool.acquire(fresh=fresh)
            try:
                return await self._try(connection, request, body, deadline)
            except UpstreamFault as fault:
                stale = isinstance(fault, ConnectionLost) and connection.exchanges > 1 and not connection.answer_begun
                await self._give_up(connection)
                if stale and replayable and not fresh:
                    fresh = True  # the service closed an idle connection as we wrote to it (RFC 9110 §9.2.2)
                    continue
                raise self._problem(fault, stale=stale) from None
            except BaseException:
                await self._give_up(connection)
                raise

    async def _try(
        self, connection: UpstreamConnection, request: bytes, body: RequestBody | None, deadline: float
    ) -> UpstreamConnection:
        head_only = self._scope["method"] == "HEAD"
        connection.begin(request, head_only=head_only, deadline=deadline)
        if body is not None and not body.complete:
            self._pump = asyncio.create_task(self._pump_body(connection, body))
        else:
            connection.on_slow = lambda: self._watch_client(connection)
        try:
            await connection.head()
        except UpstreamFault:
            self._raise_own_fault()
            raise
        connection.deadline = monotonic() + self._limits.silence_seconds
        self._pool.circuit.succeeded()
        return connection

    def _raise_own_fault(self) -> None:
        """Raises what the client did wrong, if that is why the exchange was ended."""
        if self._client_gone:
            raise ClientGone
        if self._pump is not None and self._pump.done() and (error := self._pump.exception()) is not None:
            raise error

    def _problem(self, fault: UpstreamFault, *, stale: bool) -> BadAnswer | AnswerTooLate:
        if not stale:
            self._pool.circuit.failed()
        logger.warning("gateway.upstream_failed", service=self._pool.name, fault=type(fault).__name__)
        return AnswerTooLate() if isinstance(fault, TooLate) else BadAnswer()

    async def _give_up(self, connection: UpstreamConnection) -> None:
        connection.close()
        self._pool.release(connection)
        await self._stop_helpers()

    async def _return(self, connection: UpstreamConnection) -> None:
        send = self._send
        bodiless = connection.status in BODILESS_STATUS
        start: Message = {
            "type": "http.response.start",
            "status": connection.status,
            "headers": returned_headers(connection.headers, bodiless=bodiless),
        }
        await send(start)
        try:
            while True:
                chunk = await connection.chunk()
                finished = connection.finished
                connection.deadline = monotonic() + self._limits.silence_seconds
                await send({"type": "http.response.body", "body": chunk, "more_body": not finished})
                if finished:
                    return
        except UpstreamFault as fault:
            if self._client_gone:
                raise ClientGone from None
            logger.warning("gateway.answer_broke_off", service=self._pool.name, fault=type(fault).__name__)

    async def _pump_body(self, connection: UpstreamConnection, body: RequestBody) -> None:
        try:
            async for piece in body.rest():
                connection.write(piece)
                await connection.drain()
        except (ClientGone, PayloadTooLarge, RequestTimeout, BadRequest):
            connection.close()
            raise
        connection.on_slow = lambda: self._watch_client(connection)

    def _watch_client(self, connection: UpstreamConnection) -> None:
        """Begins to wait for the client's going away; only slow answers pay for it."""
        self._watcher = asyncio.create_task(self._wait_for_disconnect(connection))

    async def _wait_for_disconnect(self, connection: UpstreamConnection) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not connection.finished:
            self._client_gone = True
            connection.close()

    async def _stop_helpers(self) -> None:
        for task in (self._pump, self._watcher):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self._pump = self._watcher = None


def _target(scope: Scope) -> bytes:
    raw: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return raw + b"?" + query if query else raw
