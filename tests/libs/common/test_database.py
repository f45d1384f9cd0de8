"""Row-level security as the sessions use it, on real PostgreSQL."""

import asyncio
from importlib.metadata import version
from uuid import UUID, uuid4

import pytest
from sqlalchemy import exc, func, select, text

from libs.common.database import Database
from libs.common.ids import new_id
from tests.libs.common.sample.service import Note


async def _write(database: Database, tenant_id: UUID, words: str = "hello") -> UUID:
    async with database.tenant_session(tenant_id) as session:
        note = Note(tenant_id=tenant_id, id=new_id(), text=words)
        session.add(note)
    return note.id


async def _count(database: Database, tenant_id: UUID) -> int:
    async with database.tenant_session(tenant_id) as session:
        return await session.scalar(select(func.count()).select_from(Note)) or 0


async def test_a_tenant_sees_its_own_rows_and_no_others(database: Database) -> None:
    mine, other = uuid4(), uuid4()
    await _write(database, mine)
    await _write(database, other)
    assert await _count(database, mine) == 1


async def test_a_row_cannot_be_written_for_another_tenant(database: Database) -> None:
    with pytest.raises(exc.ProgrammingError, match="row-level security"):
        async with database.tenant_session(uuid4()) as session:
            session.add(Note(tenant_id=uuid4(), id=new_id(), text="not mine"))


async def test_a_session_without_a_tenant_sees_no_row(database: Database) -> None:
    await _write(database, uuid4())
    async with database.platform_session() as session:
        assert await session.scalar(select(func.count()).select_from(Note)) == 0


async def test_the_tenant_does_not_stay_on_a_connection_that_is_used_again(database: Database) -> None:
    tenant_id = uuid4()
    await _write(database, tenant_id)
    async with database.platform_session() as session:
        assert await session.scalar(select(func.count()).select_from(Note)) == 0
        assert await session.scalar(text("SELECT current_setting('app.tenant_id', true)")) in (None, "")


async def test_the_owner_of_the_tables_is_bound_by_the_policies_too(database: Database) -> None:
    async with database.system_session() as session:
        unforced = await session.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                "AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        )
        assert unforced.all() == []


async def test_an_error_rolls_everything_back(database: Database) -> None:
    tenant_id = uuid4()
    with pytest.raises(RuntimeError):
        async with database.tenant_session(tenant_id) as session:
            session.add(Note(tenant_id=tenant_id, id=new_id(), text="never"))
            await session.flush()
            raise RuntimeError
    assert await _count(database, tenant_id) == 0


async def test_sessions_of_many_tenants_at_once_do_not_mix(database: Database) -> None:
    tenants = [uuid4() for _ in range(30)]

    async def own_text(tenant_id: UUID) -> bool:
        await _write(database, tenant_id, words=str(tenant_id))
        async with database.tenant_session(tenant_id) as session:
            return (await session.scalars(select(Note.text))).all() == [str(tenant_id)]

    assert all(await asyncio.gather(*(own_text(tenant_id) for tenant_id in tenants)))


async def test_begin_and_the_tenant_are_one_round_trip(database: Database) -> None:
    sent: list[str] = []
    tenant_id = uuid4()
    async with database.tenant_session(tenant_id) as session:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        assert driver is not None
        driver.add_query_logger(lambda record: sent.append(record.query))
        await session.execute(text("SELECT 1"))
    assert sent[0].startswith("BEGIN")
    assert sent[0].endswith(f"SET LOCAL app.tenant_id = '{tenant_id}';")


def test_the_versions_that_the_connection_was_written_for_are_installed() -> None:
    # A new release may begin transactions in another way: run this file's tests with it, then raise the numbers.
    assert version("asyncpg").startswith("0.32.")
    assert version("sqlalchemy").startswith("2.1.")
