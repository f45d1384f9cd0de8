"""How a tenant stands with billing, for the other services."""

from uuid import UUID

from fastapi import APIRouter

from libs.contracts.billing import BillingSummary
from services.billing.deps import Caller, Context
from services.billing.subscriptions import repository
from services.billing.subscriptions import service as subscriptions
from services.billing.trials import repository as trials_repository
from services.billing.trials import service as trials

router = APIRouter(prefix="/internal/tenants", include_in_schema=False)


@router.get("/{tenant_id}/billing-summary", operation_id="get_billing_summary")
async def get_billing_summary(tenant_id: UUID, context: Context, _caller: Caller) -> BillingSummary:
    async with context.database.tenant_session(tenant_id) as session:
        trial = await trials_repository.find(session, tenant_id)
        subscription = await repository.find_current(session, tenant_id)
    return BillingSummary(
        trial=None if trial is None else trials.summary_of(trial, now=context.clock.now()),
        subscription=None if subscription is None else subscriptions.summary_of(subscription),
    )
