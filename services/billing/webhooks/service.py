"""Works off one customer's events: look at Stripe once, store what is seen, settle the events, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from libs.common.failpoints import failpoint
from services.billing.accounts.lookups import tenant_of_customer
from services.billing.checkout.service import note_session
from services.billing.context import BillingContext
from services.billing.payments import RemoteSession
from services.billing.subscriptions.service import apply_observation, observe
from services.billing.webhooks import repository
from services.billing.webhooks.models import StripeEvent

SESSION_EVENTS = "checkout.session."
HANDLED = (SESSION_EVENTS, "customer.subscription.", "invoice.", "payment_intent.")
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events of one customer; the customer is None where Stripe names none."""

    customer_id: str | None
    events: Sequence[StripeEvent]


def batches(events: Sequence[StripeEvent]) -> list[Batch]:
    """Groups events by customer, so that the eight events of one payment cost one look."""
    by_customer: dict[str | None, list[StripeEvent]] = {}
    for event in events:
        by_customer.setdefault(event.customer_id, []).append(event)
    return [Batch(customer_id=customer_id, events=found) for customer_id, found in by_customer.items()]


async def work_off(context: BillingContext, batch: Batch) -> None:
    """Handles all events of `batch`. Raises PaymentsUnavailable; then nothing was changed."""
    concerned = [event for event in batch.events if event.type.startswith(HANDLED)]
    await _ignore(context, [event for event in batch.events if event not in concerned], "no state depends on its type")
    if not concerned:
        return
    if batch.customer_id is None:
        await _ignore(context, concerned, "it names no customer")
        return
    tenant_id = await tenant_of_customer(context.database, batch.customer_id)
    if tenant_id is None:
        await _ignore(context, concerned, "the customer is none of ours")
        return
    sessions = await _sessions(context, concerned)
    observation = await observe(context.database, context.payments, batch.customer_id)
    async with context.database.tenant_session(tenant_id) as session:
        await apply_observation(session, tenant_id, observation, catalogue=context.catalogue, now=context.clock.now())
        for remote in sessions:
            if remote.customer_id == batch.customer_id:
                await note_session(session, tenant_id, remote)
        await repository.settle(session, [event.id for event in concerned], status="handled")
        failpoint("stripe_event.commit.before")
    failpoint("stripe_event.commit.after")


async def _sessions(context: BillingContext, events: Sequence[StripeEvent]) -> list[RemoteSession]:
    ids = {event.object_id for event in events if event.type.startswith(SESSION_EVENTS)}
    found = [await context.payments.find_session(session_id) for session_id in sorted(ids)]
    return [remote for remote in found if remote is not None]


async def _ignore(context: BillingContext, events: Sequence[StripeEvent], reason: str) -> None:
    if not events:
        return
    for event in events:
        logger.info("stripe_event.ignored", event_id=event.id, type=event.type, reason=reason)
    async with context.database.platform_session() as session:
        await repository.settle(session, [event.id for event in events], status="ignored", outcome=reason)
