"""All SQL of Stripe's events."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.payments import Notice
from services.billing.webhooks.models import StripeEvent

CHANNEL = "stripe_event"
PENDING = StripeEvent.status == "pending"


async def keep_once(session: AsyncSession, notice: Notice, *, now: datetime) -> bool:
    """Stores the event and rings the worker's bell; False if it is known."""
    kept = (
        insert(StripeEvent)
        .values(
            id=notice.id,
            type=notice.type,
            object_id=notice.object_id,
            customer_id=notice.customer_id,
            occurred_at=notice.occurred_at,
            received_at=now,
            status="pending",
            attempts=0,
            next_attempt_at=now,
        )
        .on_conflict_do_nothing()
        .returning(StripeEvent.id)
    )
    fresh = await session.scalar(kept) is not None
    if fresh:
        await session.execute(text(f"NOTIFY {CHANNEL}"))
    return fresh


async def claim_due(session: AsyncSession, *, now: datetime, lease: timedelta, limit: int) -> list[StripeEvent]:
    """Takes due events for the time of `lease`; other workers skip them. Needs a system session."""
    due = (
        select(StripeEvent.id)
        .where(PENDING, StripeEvent.next_attempt_at <= now)
        .order_by(StripeEvent.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(StripeEvent)
        .where(StripeEvent.id.in_(due.scalar_subquery()))
        .values(attempts=StripeEvent.attempts + 1, next_attempt_at=now + lease)
        .returning(StripeEvent)
    )
    return list(await session.scalars(claimed))


async def settle(session: AsyncSession, ids: Sequence[str], *, status: str, outcome: str | None = None) -> None:
    """Ends pending events."""
    await session.execute(
        update(StripeEvent)
        .where(StripeEvent.id.in_(ids), PENDING)
        .values(status=status, outcome=outcome, next_attempt_at=None)
        .execution_options(synchronize_session=False)
    )


async def postpone(session: AsyncSession, event_id: str, *, until: datetime, outcome: str) -> None:
    """Leaves a pending event for another attempt."""
    await session.execute(
        update(StripeEvent)
        .where(StripeEvent.id == event_id, PENDING)
        .values(next_attempt_at=until, outcome=outcome)
        .execution_options(synchronize_session=False)
    )


async def requeue_given_up(session: AsyncSession, *, now: datetime, ids: Sequence[str] | None) -> int:
    """Makes events that were given up pending again, all or those named, and rings the worker's bell.

    Needs a system session.
    """
    again = update(StripeEvent).where(StripeEvent.status == "needs_operator")
    if ids is not None:
        again = again.where(StripeEvent.id.in_(ids))
    values = {"status": "pending", "attempts": 0, "next_attempt_at": now}
    requeued = (await session.scalars(again.values(values).returning(StripeEvent.id))).all()
    await session.execute(text(f"NOTIFY {CHANNEL}"))
    return len(requeued)


async def count_by_status(session: AsyncSession) -> dict[str, int]:
    """How many events are in each state."""
    rows = await session.execute(select(StripeEvent.status, func.count()).group_by(StripeEvent.status))
    return dict(rows.all())


async def list_troubled(session: AsyncSession, *, limit: int) -> list[StripeEvent]:
    """Events that failed and were not handled since, the oldest first."""
    troubled = StripeEvent.status.in_(("pending", "needs_operator")), StripeEvent.outcome.is_not(None)
    return list(
        await session.scalars(select(StripeEvent).where(*troubled).order_by(StripeEvent.received_at).limit(limit))
    )


async def oldest_due(session: AsyncSession) -> datetime | None:
    """When the oldest event that could be handled now occurred, in business time. Needs a system session."""
    due = PENDING, StripeEvent.next_attempt_at <= datetime.now(UTC)
    return await session.scalar(select(func.min(StripeEvent.occurred_at)).where(*due))
