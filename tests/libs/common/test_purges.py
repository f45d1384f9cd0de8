"""What was kept long enough goes, a batch at a time, and nothing else does."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, delete, func, insert, select

from libs.common import sweeps
from libs.common.clock import FixedClock, SystemClock
from libs.common.data_catalogue import Timed, declaration, timed_tables
from libs.common.database import Database
from libs.common.platform_tables import IdempotencyRow, InboxRow, OutboxRow, PlatformBase
from libs.common.sweeps import purge, purge_sweeps, run_sweep
from libs.common.worker import work
from tests.libs.common.sample.service import SERVICE, Base, SampleSettings
from tests.support.eventually import eventually

PROMISED = {
    "idempotency_key": timedelta(hours=24),
    "inbox": timedelta(days=30),
    "outbox": timedelta(days=3),
}
"""What the architecture promises of the tables that every service has."""
NOW = datetime(2020, 6, 1, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


@pytest.fixture
async def database(database: Database) -> Database:
    """The sample's database without rows: a purge asks for no tenant."""
    async with database.system_session() as session:
        for table in PlatformBase.metadata.sorted_tables:
            await session.execute(delete(table))
    return database


def _row(table: Table, stamp: datetime | None) -> dict[str, object]:
    tenant_id, key = uuid4(), uuid4()
    rows: dict[str, dict[str, object]] = {
        "outbox": {"id": key, "type": "sample.note.written.v1", "body": {}, "published_at": stamp},
        "inbox": {"id": key, "consumer": "sample", "type": "sample.note.written.v1", "applied_at": stamp},
        "idempotency_key": {"id": key.bytes, "fingerprint": b"f", "answer": b"a", "created_at": stamp},
    }
    return {"tenant_id": tenant_id, **rows[table.name]}


async def _fill(database: Database, table: Table, *stamps: datetime | None) -> list[UUID]:
    rows = [_row(table, stamp) for stamp in stamps]
    async with database.system_session() as session:
        await session.execute(insert(table), rows)
    return [UUID(str(row["tenant_id"])) for row in rows]


async def _left(database: Database, table: Table) -> set[UUID]:
    async with database.system_session() as session:
        return set(await session.scalars(select(table.c.tenant_id)))


def test_the_platforms_tables_keep_their_rows_as_long_as_the_architecture_says() -> None:
    assert {table.name: timed.after for table, timed in timed_tables(PlatformBase.metadata)} == PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED))
async def test_a_row_goes_when_its_time_is_over_and_not_before(database: Database, name: str) -> None:
    table = PlatformBase.metadata.tables[name]
    timed = declaration(table).retention
    assert isinstance(timed, Timed)
    _, young = await _fill(database, table, NOW - timed.after - MOMENT, NOW - timed.after + MOMENT)

    async with database.system_session() as session:
        assert await purge(session, table, timed, now=NOW) == 1

    assert await _left(database, table) == {young}


async def test_an_event_that_was_not_relayed_is_never_purged(database: Database) -> None:
    table = PlatformBase.metadata.tables[OutboxRow.__tablename__]
    waiting = await _fill(database, table, None)

    async with database.system_session() as session:
        assert await purge(session, table, Timed(after=timedelta(), since="published_at"), now=NOW) == 0

    assert await _left(database, table) == set(waiting)


async def test_a_purge_takes_a_batch_at_a_time_the_oldest_first(database: Database) -> None:
    table = PlatformBase.metadata.tables[InboxRow.__tablename__]
    old = NOW - timedelta(days=100)
    await _fill(database, table, *(old for _ in range(sweeps.PURGE_BATCH)))
    newest = await _fill(database, table, old + MOMENT)

    async with database.system_session() as session:
        assert await purge(session, table, Timed(after=timedelta(days=30), since="applied_at"), now=NOW) == 5000
    assert await _left(database, table) == set(newest)
    async with database.system_session() as session:
        assert await purge(session, table, Timed(after=timedelta(days=30), since="applied_at"), now=NOW) == 1


async def test_a_row_that_somebody_holds_is_left_for_the_next_time(database: Database) -> None:
    table = PlatformBase.metadata.tables[InboxRow.__tablename__]
    timed = Timed(after=timedelta(days=30), since="applied_at")
    held, _ = await _fill(database, table, *(NOW - timedelta(days=100) for _ in range(2)))

    async with database.system_session() as holder, database.system_session() as session:
        await holder.execute(select(table).where(table.c.tenant_id == held).with_for_update())
        assert await purge(session, table, timed, now=NOW) == 1

    assert await _left(database, table) == {held}


async def test_a_row_that_the_condition_does_not_name_stays(database: Database) -> None:
    table = PlatformBase.metadata.tables[IdempotencyRow.__tablename__]
    timed = Timed(after=timedelta(hours=1), since="created_at", only="answer = 'b'")
    kept = await _fill(database, table, NOW - timedelta(days=1))

    async with database.system_session() as session:
        assert await purge(session, table, timed, now=NOW) == 0

    assert await _left(database, table) == set(kept)


async def test_the_worker_has_a_sweep_for_each_of_the_platforms_timed_tables_that_purges_it(database: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=365)
    for name in PROMISED:
        await _fill(database, PlatformBase.metadata.tables[name], long_ago)

    handled = {
        sweep.name: await run_sweep(sweep, database=database, clock=SystemClock())
        for sweep in purge_sweeps(Base.metadata)
    }

    assert handled == {f"purge.{name}": 1 for name in PROMISED}


async def test_a_worker_at_work_purges(database: Database, sample_settings: SampleSettings) -> None:
    for name in PROMISED:
        await _fill(database, PlatformBase.metadata.tables[name], datetime.now(UTC) - timedelta(days=365))

    async def all_gone() -> bool:
        return not any([await _left(database, PlatformBase.metadata.tables[name]) for name in PROMISED])

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(work(SERVICE, sample_settings, stop))
        try:
            await eventually(all_gone, timeout=20)
        finally:
            stop.set()


async def test_moving_business_time_purges_nothing_that_the_real_clock_stamped(database: Database) -> None:
    clock = FixedClock(datetime.now(UTC))
    clock.advance(timedelta(days=365))
    for name in PROMISED:
        await _fill(database, PlatformBase.metadata.tables[name], datetime.now(UTC))

    for sweep in purge_sweeps(Base.metadata):
        assert await run_sweep(sweep, database=database, clock=clock) == 0

    async with database.system_session() as session:
        assert await session.scalar(select(func.count()).select_from(InboxRow)) == 1
