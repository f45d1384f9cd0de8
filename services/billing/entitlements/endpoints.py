"""What a business has used, for its members; and whether it may use more, and how it does, for the other services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problems import Forbidden, NotFound, Unauthenticated, problem_responses
from libs.contracts.billing import (
    MOST_AT_ONCE,
    EntitlementCheck,
    EntitlementReservation,
    Finalisation,
    NewReservation,
    SettledReservation,
)
from services.billing.context import BillingContext
from services.billing.deps import BillingReader, Caller, Context
from services.billing.entitlements.counting import finalise
from services.billing.entitlements.schemas import UsageAnswer
from services.billing.entitlements.service import UnknownEntitlement, check, reserve, usage_of

router = APIRouter()
OF_TENANT = "/internal/tenants/{tenant_id}/entitlements/{entitlement}"


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


@router.get(OF_TENANT, operation_id="check_entitlement", include_in_schema=False)
async def check_entitlement(
    tenant_id: UUID,
    entitlement: str,
    context: Context,
    _caller: Caller,
    quantity: Annotated[int, Query(ge=0, le=MOST_AT_ONCE)] = 1,
) -> EntitlementCheck:
    async with _session(context, tenant_id) as session:
        return await check(
            session,
            tenant_id,
            entitlement,
            quantity,
            catalogue=context.catalogue,
            now=context.clock.now(),
            upgrade_url=_upgrade_url(context),
        )


@router.post(f"{OF_TENANT}/reservations", operation_id="reserve_entitlement", include_in_schema=False)
async def reserve_entitlement(
    tenant_id: UUID, entitlement: str, body: NewReservation, context: Context, _caller: Caller
) -> EntitlementReservation:
    async with _session(context, tenant_id) as session:
        return await reserve(
            session,
            tenant_id,
            entitlement,
            body,
            catalogue=context.catalogue,
            now=context.clock.now(),
            upgrade_url=_upgrade_url(context),
        )


@router.post(
    f"{OF_TENANT}/reservations/{{reservation_id}}/finalise",
    operation_id="finalise_reservation",
    include_in_schema=False,
)
async def finalise_reservation(
    tenant_id: UUID, entitlement: str, reservation_id: UUID, body: Finalisation, context: Context, _caller: Caller
) -> SettledReservation:
    async with _session(context, tenant_id) as session:
        return await finalise(
            session,
            tenant_id,
            entitlement,
            reservation_id,
            body.quantity,
            catalogue=context.catalogue,
            now=context.clock.now(),
        )


@asynccontextmanager
async def _session(context: BillingContext, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
    """The tenant's, in which an entitlement that no plan knows is not found."""
    try:
        async with context.database.tenant_session(tenant_id) as session:
            yield session
    except UnknownEntitlement:
        raise NotFound from None


def _upgrade_url(context: BillingContext) -> str:
    return f"{context.settings.web_url}/plans/"
