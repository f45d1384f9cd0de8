"""The forwarding path alone, as an application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope, Send

from libs.common.problems import Problem, problem_response
from services.gateway.forwarding.forwarder import Forwarder, ForwardingLimits
from services.gateway.forwarding.pool import PoolLimits, UpstreamPool
from tests.support.http_server import served


@asynccontextmanager
async def forwarding_to(
    upstream: str, *, limits: ForwardingLimits | None = None, pool_limits: PoolLimits | None = None
) -> AsyncIterator[tuple[str, UpstreamPool]]:
    """Serves an application that forwards everything to `upstream`; yields its URL and its pool."""
    pool = UpstreamPool("sample", upstream, limits=pool_limits)
    forwarder = Forwarder(limits)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await forwarder.forward(pool, [b"x-forwarded-for: 192.0.2.7\r\n"], scope, receive, send)
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)

    try:
        async with served(app) as url:
            yield url, pool
    finally:
        await pool.aclose()
