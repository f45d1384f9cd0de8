"""Gives every request an id: the gateway's, if it sent one, else a new one. The answer names it too."""

import re

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.ids import new_id
from libs.common.request_context import set_request_id

_ACCEPTED = re.compile(rb"[A-Za-z0-9_\-]{8,64}\Z")


class RequestIdMiddleware:
    """Pure ASGI; binds the id for logs, problem documents and calls to other services."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _ACCEPTED.match(given) else str(new_id())
        set_request_id(request_id)
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)
