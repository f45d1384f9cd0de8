"""What a business has used, for its members, and whether it may use more, for the other services."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from libs.common.problems import Forbidden, NotFound, Unauthenticated, problem_responses
from libs.contracts.billing import EntitlementCheck
from services.billing.deps import BillingReader, Caller, Context
from services.billing.entitlements.schemas import UsageAnswer
from services.billing.entitlements.service import UnknownEntitlement, check, usage_of

router = APIRouter()


@router.get(
    "/v1/billing/usage",
    operation_id="get_usage",
    summary="Read what was used",
    tags=["Billing"],
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def get_usage(member: BillingReader, context: Context) -> UsageAnswer:
    """Every entitlement with what was used of it, the plan's limit, and whether that is hard (refused beyond it) or
    soft (charged beyond it)."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await usage_of(session, member.tenant_id, catalogue=context.catalogue, now=context.clock.now())


@router.get(
    "/internal/tenants/{tenant_id}/entitlements/{entitlement}",
    operation_id="check_entitlement",
    include_in_schema=False,
)
async def check_entitlement(
    tenant_id: UUID,
    entitlement: str,
    context: Context,
    _caller: Caller,
    quantity: Annotated[int, Query(ge=0, le=2**53)] = 1,
) -> EntitlementCheck:
    try:
        async with context.database.tenant_session(tenant_id) as session:
            return await check(
                session,
                tenant_id,
                entitlement,
                quantity,
                catalogue=context.catalogue,
                now=context.clock.now(),
                upgrade_url=f"{context.settings.web_url}/plans/",
            )
    except UnknownEntitlement:
        raise NotFound from None
