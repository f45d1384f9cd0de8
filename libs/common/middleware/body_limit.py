"""Refuses a body over the limit, by its announced length or as it arrives, with a problem document.

FastAPI's `max_body_size` is not used because it answers in plain text.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.problems import PayloadTooLarge, problem_response


class _BodyTooLarge(Exception):
    """The body went over the limit while the application was reading it."""


class BodyLimitMiddleware:
    """Pure ASGI; `max_bytes` counts the body as it is on the wire."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = problem_response(
            PayloadTooLarge(f"Send at most {self._max_bytes} bytes.", headers={"Connection": "close"})
        )
        if _announced_length(scope) > self._max_bytes:
            await refusal(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise _BodyTooLarge
            return message

        try:
            await self._app(scope, receive_counted, send)
        except _BodyTooLarge:
            await refusal(scope, receive, send)


def _announced_length(scope: Scope) -> int:
    text = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(text) if text.isdigit() else 0
