"""Periodic work: what became due since the last look. Any number of workers may run; one of them sweeps at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import Clock
from libs.common.database import Database
from libs.common.platform_tables import IdempotencyRow, InboxRow, OutboxRow

INBOX_KEPT = timedelta(days=30)
OUTBOX_KEPT = timedelta(days=3)
IDEMPOTENCY_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """`run(session, now)` handles what is due at business time `now` and returns how many things it handled.

    `every` is in seconds of real time. `next_due(session)` tells the next business instant at which there will be
    work, or None; it lets the sandbox's clock step from one instant to the next.
    """

    name: str
    every: float
    run: Callable[[AsyncSession, datetime], Awaitable[int]]
    next_due: Callable[[AsyncSession], Awaitable[datetime | None]] | None = None


async def run_sweep(sweep: Sweep, *, database: Database, clock: Clock) -> int:
    """Runs one sweep, unless another process is in the middle of it; returns how many things it handled."""
    async with database.system_session() as session:
        key = f"sweep.{sweep.name}"
        if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext(:key))"), {"key": key}):
            return 0
        return await sweep.run(session, clock.now())


async def purge_platform_tables(session: AsyncSession, _now: datetime) -> int:
    """Deletes what has been kept long enough: inbox 30 days, relayed outbox 3 days, idempotency keys 24 hours."""
    now = datetime.now(UTC)
    purged = 0
    for statement in (
        delete(InboxRow).where(InboxRow.applied_at < now - INBOX_KEPT),
        delete(OutboxRow).where(OutboxRow.published_at < now - OUTBOX_KEPT),
        delete(IdempotencyRow).where(IdempotencyRow.created_at < now - IDEMPOTENCY_KEPT),
    ):
        result = await session.execute(statement.returning(text("1")))
        purged += len(result.all())
    return purged


PURGE = Sweep(name="purge_platform_tables", every=3600, run=purge_platform_tables)
