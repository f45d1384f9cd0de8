"""One log line and one metric for each request: method, route, status, milliseconds. Never a body, never a query."""

import time

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = structlog.get_logger()
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the request's head to the end of its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10),
)
QUIET = frozenset({"/livez", "/readyz", "/metrics"})


class AccessLogMiddleware:
    """Pure ASGI; probes are not logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 499  # nothing was answered: the client went away

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            DURATION.labels(scope["method"], route, str(status)).observe(seconds)
            logger.info(
                "http.request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )
