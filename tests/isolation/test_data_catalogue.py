"""Every table of every service says how it keeps its data, and what it says is true of the database and the worker."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Column, Connection, DateTime, Index, MetaData, Table, Text, Uuid, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from libs.common.data_catalogue import Anonymised, Erasure, Kept, Life, Timed, keeps, timed_tables
from libs.common.sweeps import purge_sweeps
from services.registry import NAMES, load_service
from tests.isolation.declarations import complaints
from tests.isolation.models import metadata_of
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.servers import PostgresServer

DAY = Timed(after=timedelta(days=1), since="made_at")


@pytest.fixture(params=NAMES)
async def service_database(request: pytest.FixtureRequest, postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, request.param)


@pytest.fixture
async def connection(service_database: ServiceDatabase) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(service_database.url("owner"), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def test_every_table_declares_how_it_keeps_its_data_and_keeps_to_it(
    connection: AsyncConnection, service_database: ServiceDatabase
) -> None:
    service = load_service(service_database.service)

    def look(inner: Connection) -> list[str]:
        return list(complaints(inner, service.name, metadata_of(service.name), purge_sweeps(service.tables)))

    assert await connection.run_sync(look) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_worker_knows_every_table_of_its_service(name: str) -> None:
    assert metadata_of(name)[0] is load_service(name).tables


async def test_the_condition_of_each_purge_is_sql_that_the_table_understands(
    connection: AsyncConnection, service_database: ServiceDatabase
) -> None:
    for metadata in metadata_of(service_database.service):
        for table, timed in timed_tables(metadata):
            await connection.execute(text(f"SELECT FROM {table.name} WHERE {timed.only} LIMIT 0"))


def _declared(
    *columns: "Column[str]",
    owner: str = "auth",
    retention: Timed | Life = DAY,
    erasure: Erasure = "deleted",
    personal: tuple[str, ...] = (),
    indexed: bool = True,
) -> Table:
    """A table `thing` as a model would declare it."""
    table: Table = Table(
        "thing",
        MetaData(),
        Column("id", Uuid(), primary_key=True),
        Column("made_at", DateTime(timezone=True)),
        *columns,
        info=keeps(owner=owner, retention=retention, erasure=erasure, personal=personal)["info"],
    )
    if indexed:
        Index("ix_thing_made_at", table.c.made_at)
    return table


def _complaints(connection: Connection, table: Table, *, purged: Table | None) -> Sequence[str]:
    """What is said of `table` where it is made, and the worker purges what `purged` declares."""
    nested = connection.begin_nested()
    try:
        table.create(connection)
        sweeps = [] if purged is None else purge_sweeps(purged.metadata)
        lines = complaints(connection, "auth", [*metadata_of("auth"), table.metadata], sweeps)
        return [line for line in lines if line.startswith("thing")]
    finally:
        nested.rollback()


def _undeclared() -> Table:
    return Table("thing", MetaData(), Column("id", Uuid(), primary_key=True))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (_undeclared(), "thing: declares nothing"),
        (_declared(owner="billing"), "thing: belongs to auth, not to billing"),
        (_declared(personal=("nickname",)), "thing.nickname: no such column"),
        *(
            (_declared(Column(name, Text())), f"thing.{name}: sounds personal; declare it `personal`, or `impersonal`")
            for name in ("email", "full_name", "billing_address", "ip", "user_agent", "phone", "user_id", "started_by")
        ),
        (_declared(erasure=Kept("")), "thing: erasure leaves rows without a reason"),
        (_declared(erasure=Anonymised("a law")), "thing: there is no personal column to anonymise"),
        (_declared(retention="tenant"), "thing: cannot live as long as a tenant without a tenant_id"),
        (_declared(retention=Timed(after=timedelta(1), since="gone_at")), "thing.gone_at: no moment to count from"),
        (_declared(indexed=False), "thing.made_at: has no index"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("service_database", ["auth"], indirect=True)
async def test_a_declaration_that_is_not_true_is_found(
    connection: AsyncConnection, table: Table, complaint: str
) -> None:
    found = await connection.run_sync(lambda inner: _complaints(inner, table, purged=table))

    assert [line for line in found if line.startswith(complaint)], found


@pytest.mark.parametrize("service_database", ["auth"], indirect=True)
async def test_a_timed_table_that_no_sweep_purges_is_found(connection: AsyncConnection) -> None:
    table = _declared()

    assert await connection.run_sync(lambda inner: _complaints(inner, table, purged=None)) == [
        "thing: no sweep purges it"
    ]
    assert await connection.run_sync(lambda inner: _complaints(inner, table, purged=table)) == []
