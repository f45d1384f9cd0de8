"""Fixtures of messaging's tests."""

from collections.abc import AsyncIterator

import pytest

from libs.adapters.bus import LocalBusSettings
from libs.common.failpoints import configure_failpoints
from services.messaging.context import MessagingContext
from services.messaging.settings import MessagingSettings
from tests.services.messaging.world import Business, messaging_settings, new_business, open_messaging
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
async def messaging_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "messaging")


@pytest.fixture(scope="session")
async def messaging_bus(postgres: PostgresServer) -> LocalBusSettings:
    return await bus_settings(postgres)


@pytest.fixture(scope="session")
def settings(
    messaging_database: ServiceDatabase,
    messaging_bus: LocalBusSettings,
    valkey_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> MessagingSettings:
    return messaging_settings(messaging_database, messaging_bus, valkey_url, tmp_path_factory.mktemp("messaging"))


@pytest.fixture
async def messaging(settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
    """messaging's open parts."""
    async with open_messaging(settings) as context:
        yield context
        configure_failpoints("")


@pytest.fixture
async def business(messaging: MessagingContext) -> Business:
    """A business of three people."""
    return await new_business(messaging)
