"""What operators may do to billing: look after Stripe's events, push the catalogue, compare everyone with Stripe."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from services.billing.deps import Caller, Context
from services.billing.plans.service import push_catalogue
from services.billing.subscriptions.sweeps import reconcile_some
from services.billing.webhooks import repository as stripe_events
from services.billing.webhooks.sweeps import retry_given_up

OPERATOR_CALLERS: Mapping[str, frozenset[str]] = {
    "list_troubled_stripe_events": frozenset({"cli"}),
    "retry_stripe_events": frozenset({"cli"}),
    "push_catalogue": frozenset({"cli"}),
    "reconcile_with_stripe": frozenset({"cli"}),
}
SHOWN = 100
COMPARED_AT_ONCE = 20
"""Each asks Stripe a few times, and all must fit into a request's deadline."""
router = APIRouter(prefix="/internal/operations", include_in_schema=False)


class StripeEventView(BaseModel):
    """An event of Stripe's that failed at least once; `outcome` is why it did so last."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    type: str
    status: str
    attempts: int
    received_at: datetime
    next_attempt_at: datetime | None
    outcome: str | None


class StripeEventReport(BaseModel):
    """How many events are in which state, and the oldest hundred that are in trouble."""

    counts: dict[str, int]
    items: list[StripeEventView]


class Retried(BaseModel):
    retried: int


class CataloguePushed(BaseModel):
    prices_made: int


class Reconciled(BaseModel):
    """`next` is null when everyone was compared; else go on with it."""

    compared: int
    failed: int
    next: UUID | None


@router.get("/stripe-events", operation_id="list_troubled_stripe_events")
async def list_troubled_stripe_events(context: Context, _caller: Caller) -> StripeEventReport:
    async with context.database.platform_session() as session:
        counts = await stripe_events.count_by_status(session)
        troubled = await stripe_events.list_troubled(session, limit=SHOWN)
    return StripeEventReport(counts=counts, items=[StripeEventView.model_validate(event) for event in troubled])


@router.post("/stripe-events/retry", operation_id="retry_stripe_events")
async def retry_stripe_events(
    context: Context, _caller: Caller, event_id: Annotated[list[str] | None, Query()] = None
) -> Retried:
    """Makes events that were given up pending again: those named, or all."""
    return Retried(retried=await retry_given_up(context, event_ids=event_id))


@router.post("/push-catalogue", operation_id="push_catalogue")
async def push(context: Context, _caller: Caller) -> CataloguePushed:
    """Brings Stripe's products and prices in line. Raises PaymentsUnavailable."""
    return CataloguePushed(prices_made=await push_catalogue(context.payments, context.catalogue))


@router.post("/reconcile", operation_id="reconcile_with_stripe")
async def reconcile_with_stripe(context: Context, _caller: Caller, after: UUID | None = None) -> Reconciled:
    """Compares the next paying tenants with Stripe and repairs what differs."""
    done = await reconcile_some(context, after=after, limit=COMPARED_AT_ONCE)
    return Reconciled(compared=done.compared, failed=done.failed, next=done.last)
