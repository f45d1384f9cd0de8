"""A tenant's stack: for its owner, and for the dashboard."""

from uuid import UUID

from fastapi import APIRouter

from libs.common.problems import Forbidden, NotFound, Unauthenticated, problem_responses
from libs.contracts.provisioner import StackOverview
from services.provisioner.deps import Caller, Context, StackReader
from services.provisioner.stacks.overview import read_overview, read_stack
from services.provisioner.stacks.schemas import StackView

router = APIRouter(tags=["Stacks"])


class StackNotFound(NotFound):
    code = "stack_not_found"
    default_detail = "This business has no stack yet. It is built right after sign-up; look again in a moment."


@router.get(
    "/v1/stacks/current",
    summary="Look at the stack",
    operation_id="get_stack",
    responses=problem_responses(StackNotFound, Unauthenticated, Forbidden),
)
async def get_stack(member: StackReader, context: Context) -> StackView:
    """How the stack and its apps stand, where it is, and in how many ways it differs from what it should be."""
    async with context.database.tenant_session(member.tenant_id) as session:
        stack = await read_stack(session, context.stack_health, stack_url=context.stack_url)
    if stack is None:
        raise StackNotFound
    return stack


@router.get("/internal/tenants/{tenant_id}/stack-overview", operation_id="get_stack_overview", include_in_schema=False)
async def get_stack_overview(tenant_id: UUID, _caller: Caller, context: Context) -> StackOverview:
    """The stack and its newest deployments, for the gateway's dashboard."""
    async with context.database.tenant_session(tenant_id) as session:
        return await read_overview(session, context.stack_health, stack_url=context.stack_url)
