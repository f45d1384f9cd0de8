"""The dashboard over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from libs.common.members import bearer
from libs.common.problems import Forbidden, RateLimited, Unauthenticated, problem_responses
from libs.common.security.tokens import AccessToken
from services.gateway.context import gateway_context
from services.gateway.dashboard.schemas import Dashboard
from services.gateway.dashboard.service import compose_dashboard

router = APIRouter(prefix="/v1", tags=["Dashboard"])


async def viewer(request: Request) -> AccessToken:
    """The token that the edge verified; its holder must be allowed to see the business. Raises Forbidden."""
    token = request.scope["state"].get("access_token")
    if not isinstance(token, AccessToken):
        raise Unauthenticated
    if "tenant:read" not in token.scope:
        raise Forbidden
    return token


@router.get(
    "/dashboard",
    operation_id="get_dashboard",
    summary="Everything that a business sees first",
    dependencies=[Depends(bearer)],
    responses=problem_responses(Unauthenticated, Forbidden, RateLimited),
)
async def get_dashboard(request: Request, token: Annotated[AccessToken, Depends(viewer)]) -> Dashboard:
    """Business, trial or subscription, stack with its apps, and the newest deployments.

    When a service does not answer within two seconds, its parts are null and named in `unavailable`.
    """
    context = gateway_context(request)
    return await compose_dashboard(token.tenant_id, context.auth, context.billing, context.provisioner)
