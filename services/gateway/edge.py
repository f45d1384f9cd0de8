"""The path of every request: identify, limit, check, then forward to a service or answer here.

One callable instead of a stack of middleware: each layer would cost as much as the forwarding itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.ids import new_id
from libs.common.problems import Problem, Unauthenticated, problem_response
from libs.common.request_context import set_request_id
from libs.common.security.jose import InvalidToken
from libs.common.security.tokens import AccessToken
from services.gateway.answer import Answer
from services.gateway.cors import Cors
from services.gateway.forwarding.forwarder import Forwarder
from services.gateway.forwarding.pool import UpstreamPool
from services.gateway.limits.limiter import Limiter
from services.gateway.request import EdgeRequest, read_request
from services.gateway.routes import Route, RouteTable, check_path
from services.gateway.shedding import Shedder

logger = structlog.get_logger()
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
DURATION = Histogram(
    "gateway_request_duration_seconds",
    "Time from the request's head to the end of its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10, 30),
)


class TokenVerifier(Protocol):
    """Verifies access tokens. Raises InvalidToken, or Unavailable when the keys cannot be had."""

    async def verify(self, token: str) -> AccessToken: ...


@dataclass(frozen=True, kw_only=True)
class EdgeParts:
    """What the edge works with; `pools` are by service name."""

    pools: Mapping[str, UpstreamPool]
    forwarder: Forwarder
    routes: RouteTable
    tokens: TokenVerifier
    limiter: Limiter
    shedder: Shedder
    cors: Cors
    trusted_proxies: int = 0


class Edge:
    """Pure ASGI for HTTP. `local` answers what is not forwarded: dashboard, documents, health, pages."""

    def __init__(self, parts: EdgeParts, local: ASGIApp) -> None:
        self._parts = parts
        self._local = local
        self._durations: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PROBES:
            await self._local(scope, receive, send)
            return
        started = perf_counter()
        request_id = new_id()
        text_id = str(request_id)
        set_request_id(text_id)
        answer = Answer(send, text_id, self._parts.shedder)
        route: Route | None = None
        try:
            request = read_request(scope, trusted_proxies=self._parts.trusted_proxies)
            answer.cors = self._parts.cors.answer_headers(request.origin)
            check_path(scope["raw_path"])
            route = self._parts.routes.find(scope["path"])
            if route is not None and route.any_origin:
                answer.cors = self._parts.cors.open_headers(request.origin)
            if not await self._preflighted(request, route, scope, answer):
                await self._admit(request, route, answer, scope)
                if route is None or route.service == "gateway":
                    await self._local(scope, receive, answer.send)
                else:
                    pool = self._parts.pools[route.service]
                    lines = request.forwarded_lines(request_id)
                    await self._parts.forwarder.forward(pool, lines, scope, receive, answer.send)
        except Problem as problem:
            await problem_response(problem)(scope, receive, answer.send)
        finally:
            answer.leave()
            self._record(scope, route, answer, text_id, perf_counter() - started)

    async def _admit(self, request: EdgeRequest, route: Route | None, answer: Answer, scope: Scope) -> None:
        """Sheds, limits and checks the token, the cheapest first; leaves the token in the request's state."""
        answer.enter(shed_last=route is not None and route.shed_last)
        answer.limits = self._parts.limiter.count_address(request.address)
        if route is None:
            return
        answer.service = route.service
        if not route.needs_token:
            return
        try:
            token = await self._parts.tokens.verify(request.bearer_token())
        except InvalidToken:
            raise Unauthenticated(code="invalid_token") from None
        scope["state"]["access_token"] = token
        answer.tenant = str(token.tenant_id)
        answer.limits = self._parts.limiter.count_tenant(answer.tenant)

    async def _preflighted(self, request: EdgeRequest, route: Route | None, scope: Scope, answer: Answer) -> bool:
        any_origin = route is not None and route.any_origin
        headers = self._parts.cors.preflight(scope["method"], request.origin, scope["headers"], any_origin=any_origin)
        if headers is None:
            return False
        await answer.send({"type": "http.response.start", "status": 204, "headers": headers})
        await answer.send({"type": "http.response.body", "body": b""})
        return True

    def _record(self, scope: Scope, route: Route | None, answer: Answer, request_id: str, seconds: float) -> None:
        """One log line and one metric; never a body, a query, or a path that may hold an id."""
        name = route.prefix if route is not None else getattr(scope.get("route"), "path", "unknown")
        key = (scope["method"], name, answer.status)
        duration = self._durations.get(key)
        if duration is None:
            method = key[0] if answer.status != 405 else "other"
            duration = self._durations[key] = DURATION.labels(method, name, str(answer.status))
        duration.observe(seconds)
        logger.info(
            "http.request",
            request_id=request_id,
            method=scope["method"],
            route=name,
            service=answer.service,
            status=answer.status,
            ms=round(seconds * 1000, 1),
            tenant_id=answer.tenant,
        )
