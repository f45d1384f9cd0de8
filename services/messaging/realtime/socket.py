"""`WS /v1/realtime`, as plain ASGI: who may open a socket, and the one loop that each has."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.adapters.cache import CACHE_ERRORS
from libs.common.problems import Forbidden, NotFound, Problem, Unavailable
from libs.common.refusals import refuse_socket
from services.messaging.context import MessagingContext
from services.messaging.realtime import tickets
from services.messaging.realtime.closing import (
    BAD_FRAME,
    BY_CODE,
    FAILED,
    NO_STATUS,
    NOT_AUTHENTICATED,
    TOO_MANY_FRAMES,
    UNSUPPORTED,
    Closing,
)
from services.messaging.realtime.connection import Connection
from services.messaging.realtime.frames import BadFrame, RefusedFrame, read_frame
from services.messaging.realtime.handling import begin, handle
from services.messaging.realtime.metrics import CLOSED, REFUSED
from services.messaging.realtime.node import Node, open_node

PATH = "/v1/realtime"
QUIET = frozenset({1000, 1001, 1005, 1006, 1012})
logger = structlog.get_logger()


class OriginNotAllowed(Forbidden):
    code = "origin_not_allowed"
    default_detail = "Web pages of this origin may not open a socket. Add it to `STACKPRO_WEB_ORIGINS`."


class TooManyConnections(Unavailable):
    code = "too_many_connections"
    default_detail = "Too many sockets are being opened at the moment. Wait as long as `Retry-After` says."


@asynccontextmanager
async def open_socket(context: MessagingContext, draining: Callable[[], bool]) -> AsyncIterator[ASGIApp]:
    """What answers messaging's WebSockets."""
    async with open_node(context, draining) as node:
        yield RealtimeSocket(node)


class RealtimeSocket:
    """Pure ASGI for WebSockets, with uvicorn's own `send`."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._origins = frozenset(origin.encode() for origin in node.context.settings.web_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # `websocket.connect`
        try:
            self._admit(scope)
        except Problem as problem:
            REFUSED.labels(problem.code).inc()
            await refuse_socket(problem, receive, send)
            return
        await send({"type": "websocket.accept"})
        connection = Connection(send, authenticate_seconds=self.node.context.settings.realtime.authenticate_seconds)
        self.node.connections.add(connection)
        request_id = _header(scope, b"x-request-id")
        ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [None])[0]
        scope.clear()  # its headers would stay in memory as long as the connection
        try:
            ended = await self._serve(connection, receive, ticket)
        finally:
            self.node.drop(connection)
        self._record(connection, connection.closing or ended, request_id)

    def _admit(self, scope: Scope) -> None:
        """The cheapest first.

        Raises:
            NotFound, OriginNotAllowed, TooManyConnections, Unavailable
        """
        if scope["path"] != PATH:
            raise NotFound
        origin = _header(scope, b"origin")
        if origin is not None and origin not in self._origins:
            raise OriginNotAllowed
        if origin is None and _header(scope, b"cookie") is not None:
            raise OriginNotAllowed("A browser names its origin. Programs need no cookies here.")
        if self.node.draining():
            raise Unavailable("This process is shutting down. Come again.", retry_after=1)
        wait = self.node.arrivals.wait_seconds()
        if wait or len(self.node.connections) >= self.node.context.settings.realtime.connections:
            raise TooManyConnections(retry_after=wait or 5)

    async def _serve(self, connection: Connection, receive: Receive, ticket: str | None) -> Closing:
        """Reads frames until the connection ends; returns how the client ended it."""
        if ticket is not None:
            await self._redeem(connection, ticket)
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return BY_CODE.get(message.get("code", NO_STATUS.code), NO_STATUS)
            if connection.closing is not None:
                continue
            text = message.get("text")
            if text is None:
                connection.end(UNSUPPORTED)
            elif not connection.may_send_frame(self.node.context.settings.realtime.frames_per_second):
                connection.end(TOO_MANY_FRAMES)
            else:
                await self._take(connection, text)

    async def _take(self, connection: Connection, text: str) -> None:
        try:
            await handle(self.node, connection, read_frame(text))
        except BadFrame:
            connection.end(BAD_FRAME)
        except RefusedFrame as refused:
            if connection.token is None:
                connection.end(NOT_AUTHENTICATED)
            else:
                connection.refuse(refused.reference, refused.code, str(refused))

    async def _redeem(self, connection: Connection, ticket: str) -> None:
        try:
            token = await tickets.redeem(self.node.context.cache, ticket)
        except CACHE_ERRORS:
            connection.end(FAILED)
            return
        if token is None or token.expires_at <= time.time():
            connection.end(NOT_AUTHENTICATED)
        else:
            await begin(self.node, connection, token)

    def _record(self, connection: Connection, closing: Closing, request_id: bytes | None) -> None:
        """One line for each connection that did not simply go."""
        CLOSED.labels(closing.name).inc()
        if closing.code in QUIET:
            return
        token = connection.token
        logger.info(
            "realtime.closed",
            code=closing.code,
            reason=closing.name,
            request_id=None if request_id is None else request_id.decode("latin-1"),
            connection_id=str(connection.id),
            tenant_id=None if token is None else str(token.tenant_id),
            seconds=round(time.time() - connection.opened_at, 1),
        )


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
