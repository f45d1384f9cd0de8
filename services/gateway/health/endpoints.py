"""Probes, the state that everybody may see, the detailed health view, and metrics."""

import secrets

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from libs.common.problems import NotFound, RateLimited, Unavailable, problem_responses
from services.gateway.context import gateway_context
from services.gateway.health.service import Health
from services.gateway.health.status import PlatformStatus, platform_status

router = APIRouter(tags=["Platform"])


class Draining(Unavailable):
    code = "not_ready"
    default_detail = "This process is shutting down."


@router.get("/livez", include_in_schema=False)
async def livez() -> dict[str, str]:
    """The event loop turns."""
    return {"status": "alive"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> dict[str, str]:
    """This process can serve; it speaks for itself alone."""
    if request.app.state.draining:
        raise Draining
    return {"status": "ready"}


@router.get("/health", operation_id="get_health", summary="How the platform's parts are")
async def health(request: Request) -> Health:
    """Each service with its dependencies and connection pools, and Valkey; at most two seconds old."""
    return await gateway_context(request).health.health()


@router.get(
    "/v1/status",
    operation_id="get_status",
    summary="Whether the platform works",
    responses=problem_responses(RateLimited),
)
async def get_status(request: Request) -> PlatformStatus:
    """Each service and whether it works, without a sign-in; asked within two seconds, and at most two seconds old."""
    context = gateway_context(request)
    return platform_status(await context.health.health(), frozenset(context.settings.service_urls()))


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus metrics for whoever holds the token; there is nothing here for others."""
    expected = gateway_context(request).settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if expected is None or not secrets.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
