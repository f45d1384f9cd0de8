"""Fixtures of messaging's tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from libs.adapters.bus import LocalBusSettings
from libs.adapters.objects import LocalObjectsSettings
from libs.common.application import create_application
from libs.common.failpoints import configure_failpoints
from sandbox.objects.app import ObjectsServerSettings
from sandbox.objects.app import create_app as create_objects_server
from sandbox.ports import free_port
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.settings import MessagingSettings
from tests.services.messaging.billing import BillingDouble
from tests.services.messaging.people import Team, opened_team
from tests.services.messaging.world import Business, messaging_settings, new_business, open_messaging
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.http_server import served
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
    billing: BillingDouble,
    tmp_path_factory: pytest.TempPathFactory,
) -> MessagingSettings:
    return messaging_settings(
        messaging_database,
        messaging_bus,
        valkey_url,
        tmp_path_factory.mktemp("messaging"),
        objects_url=f"http://127.0.0.1:{free_port()}",
        billing_url=billing.url,
    )


@pytest.fixture(scope="session")
async def billing() -> AsyncIterator[BillingDouble]:
    """billing, as far as messaging asks it."""
    double = BillingDouble()
    async with served(double.app()) as double.url:
        yield double


@pytest.fixture(scope="session")
async def objects_server(settings: MessagingSettings) -> AsyncIterator[None]:
    """Serves the signed addresses of messaging's objects."""
    store = settings.objects
    assert isinstance(store, LocalObjectsSettings)
    port = int(store.public_url.rpartition(":")[2])
    async with served(create_objects_server(ObjectsServerSettings(store=store)), port=port):
        yield


@pytest.fixture
async def messaging(settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
    """messaging's open parts."""
    async with open_messaging(settings) as context:
        yield context
        configure_failpoints("")


@asynccontextmanager
async def served_messaging(settings: MessagingSettings) -> AsyncIterator[str]:
    """A process that serves messaging over HTTP."""
    async with served(create_application(replace(SERVICE, open_context=open_messaging), settings)) as url:
        yield url


@pytest.fixture(scope="session")
async def messaging_url(settings: MessagingSettings) -> AsyncIterator[str]:
    """messaging over HTTP."""
    async with served_messaging(settings) as url:
        yield url


@pytest.fixture
async def team(messaging_url: str, business: Business) -> AsyncIterator[Team]:
    """The people of the business, each with an HTTP client."""
    async with opened_team(messaging_url, business) as team:
        yield team


@pytest.fixture
async def business(messaging: MessagingContext) -> Business:
    """A business of three people."""
    return await new_business(messaging)
