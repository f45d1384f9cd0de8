"""A database of the provisioner, emptied for each test, because workers claim whatever is due in all of it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.database import Database
from libs.common.failpoints import configure_failpoints
from tests.services.provisioner.engine.factories import Tenancy
from tests.services.provisioner.engine.world import World, recipes_of
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.servers import PostgresServer

TABLES = ("phase_duration", "drift", "resource", "deployment_event", "deployment_step", "deployment", "stack", "outbox")


@pytest.fixture(scope="session")
async def service_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "provisioner")


@pytest.fixture
async def database(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = service_database.open()
    try:
        async with database.system_session() as session:
            for table in TABLES:
                await session.execute(text(f"DELETE FROM {table}"))
        yield database
    finally:
        configure_failpoints("")
        await database.aclose()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def tenancy(database: Database) -> Tenancy:
    return Tenancy(database, uuid4(), recipes_of())
