"""Fixtures of billing's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.adapters.bus import LocalBusSettings
from libs.common.failpoints import configure_failpoints
from tests.services.billing.world import World, open_world
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
async def billing_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "billing")


@pytest.fixture(scope="session")
async def billing_bus(postgres: PostgresServer) -> LocalBusSettings:
    return await bus_settings(postgres)


@pytest.fixture
async def world(
    billing_database: ServiceDatabase, billing_bus: LocalBusSettings, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(billing_database, billing_bus, tmp_path) as opened:
        yield opened
    configure_failpoints("")
