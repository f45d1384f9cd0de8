"""The last place where an error can be turned into an answer: logged in full for us, a problem document for others."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.problems import Problem, problem_response

logger = structlog.get_logger()


class UnexpectedErrorMiddleware:
    """Pure ASGI; an error after the answer began is passed on, so that the server closes the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_see(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        except Exception as error:
            logger.exception("http.unexpected_error", error=type(error).__name__)
            if started:
                raise
            await problem_response(Problem())(scope, receive, send)
