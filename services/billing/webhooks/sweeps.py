"""Takes Stripe's events as they arrive, and again those that were not handled; at last it asks for an operator."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.loops import EXPECTED
from libs.common.problems import Problem
from libs.common.sweeps import Sweep
from services.billing.context import BillingContext
from services.billing.webhooks import repository
from services.billing.webhooks.models import StripeEvent
from services.billing.webhooks.service import batches, work_off

BATCH = 100
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 30
LONGEST_DELAY = timedelta(minutes=10)
EVERY_SECONDS = 10
logger = structlog.get_logger()


async def work_off_due(context: BillingContext) -> int:
    """Works off a batch of due events and returns how many were taken."""
    async with context.database.system_session() as session:
        claimed = await repository.claim_due(session, now=datetime.now(UTC), lease=LEASE, limit=BATCH)
    for batch in batches(claimed):
        try:
            await work_off(context, batch)
        except EXPECTED as error:
            unforeseen = None if isinstance(error, Problem) else error
            logger.warning("stripe_event.failed", reason=repr(error), exc_info=unforeseen)
            await _try_later(context, batch.events, error)
    return len(claimed)


def stripe_event_sweep(context: BillingContext) -> Sweep:
    """Re-drives what the worker's loop did not handle, as after a crash."""

    async def run(_session: AsyncSession, _now: datetime) -> int:
        return await work_off_due(context)

    return Sweep(name="work_off_stripe_events", every=EVERY_SECONDS, run=run, next_due=repository.oldest_due)


async def retry_given_up(context: BillingContext, *, event_ids: Sequence[str] | None = None) -> int:
    """Makes events that were given up pending again, all or those named; returns how many."""
    async with context.database.system_session() as session:
        return await repository.requeue_given_up(session, now=datetime.now(UTC), ids=event_ids)


async def _try_later(context: BillingContext, events: Sequence[StripeEvent], error: Exception) -> None:
    reason = error.code if isinstance(error, Problem) else type(error).__name__
    async with context.database.platform_session() as session:
        for event in events:
            if event.attempts >= MAX_ATTEMPTS:
                logger.error("stripe_event.needs_operator", event_id=event.id, type=event.type, reason=reason)
                await repository.settle(session, [event.id], status="needs_operator", outcome=reason)
            else:
                delay = min(timedelta(seconds=2 ** min(event.attempts - 1, 20)), LONGEST_DELAY)
                await repository.postpone(session, event.id, until=datetime.now(UTC) + delay, outcome=reason)
