"""Periodic work: what became due since the last look. Any number of workers may run; one of them sweeps at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, Select, Table, delete, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import Clock
from libs.common.data_catalogue import Timed, timed_tables
from libs.common.database import Database
from libs.common.platform_tables import PlatformBase

PURGE_SECONDS = 60.0
PURGE_BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """`run(session, now)` handles what is due at business time `now` and returns how many things it handled.

    `every` is in seconds of real time. `next_due(session)` tells the next business instant at which there will be
    work, or None; it lets the sandbox's clock step from one instant to the next. A worker runs what is not `urgent` for
    the first time some seconds after its start, which is for what people wait for.
    """

    name: str
    every: float
    run: Callable[[AsyncSession, datetime], Awaitable[int]]
    next_due: Callable[[AsyncSession], Awaitable[datetime | None]] | None = None
    urgent: bool = True


async def run_sweep(sweep: Sweep, *, database: Database, clock: Clock) -> int:
    """Runs one sweep, unless another process is in the middle of it; returns how many things it handled."""
    async with database.system_session() as session:
        key = f"sweep.{sweep.name}"
        if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext(:key))"), {"key": key}):
            return 0
        return await sweep.run(session, clock.now())


async def purge(session: AsyncSession, table: Table, retention: Timed, *, now: datetime) -> int:
    """Deletes up to `PURGE_BATCH` rows of `table` that were kept long enough at `now`, the oldest first.

    So many at a time hold their locks for well under a second, and rows that somebody works on are left for the next
    time. Needs a system session.
    """
    since = table.c[retention.since]
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(table)
        .where(since < now - retention.after, text(retention.only))
        .order_by(since)
        .limit(PURGE_BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = delete(table).where(literal_column(f"{table.name}.ctid") == func.any(func.array(old.scalar_subquery())))
    return len((await session.execute(gone.returning(text("1")))).all())


def purge_sweeps(tables: MetaData) -> list[Sweep]:
    """A sweep for each timed table of the platform's and a service's own, each with its own lock and transaction."""
    return [_purge_sweep(*timed) for timed in (*timed_tables(PlatformBase.metadata), *timed_tables(tables))]


def _purge_sweep(table: Table, retention: Timed) -> Sweep:
    async def run(session: AsyncSession, _now: datetime) -> int:
        return await purge(session, table, retention, now=datetime.now(UTC))

    return Sweep(name=f"purge.{table.name}", every=PURGE_SECONDS, run=run, urgent=False)
