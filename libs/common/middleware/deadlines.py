"""Time limits: a request's body must arrive, and its answer begin, in time (a trickled body would stay for ever)."""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.problems import Problem, Unavailable, problem_response


class RequestTimeout(Problem):
    status, code, title = 408, "request_timeout", "The request took too long to arrive"
    default_detail = "Send the whole body within the time limit."


class DeadlineExceeded(Unavailable):
    code = "deadline_exceeded"
    default_detail = "The answer took too long. Read the present state before you try again."


class DeadlineMiddleware:
    """Pure ASGI. `body_seconds` bounds the arrival of the body, `answer_seconds` the time to the answer's head.

    Streams (SSE) are not cut: only their beginning is bounded.
    """

    def __init__(self, app: ASGIApp, *, body_seconds: float = 10, answer_seconds: float = 20) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._answer_seconds = answer_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_until = time.monotonic() + self._body_seconds
        body_complete = started = False
        cut: Problem = DeadlineExceeded()

        async def receive_in_time() -> Message:
            nonlocal body_complete, cut
            if body_complete:
                return await receive()
            try:
                async with asyncio.timeout(max(0.0, body_until - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                cut = RequestTimeout(headers={"Connection": "close"})
                raise
            body_complete = not message.get("more_body", False)
            return message

        async def send_and_stop_clock(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                limit.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self._answer_seconds) as limit:
                await self._app(scope, receive_in_time, send_and_stop_clock)
        except TimeoutError:
            if started:
                raise
            await problem_response(cut)(scope, receive, send)
