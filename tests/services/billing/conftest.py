"""Fixtures of billing's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from libs.adapters.bus import LocalBusSettings
from libs.common.failpoints import configure_failpoints
from services.billing.accounts.models import BillingAccount
from services.billing.webhooks.models import StripeEvent
from tests.services.billing.world import Webhooks, World, open_world
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.http_server import served
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
async def billing_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "billing")


@pytest.fixture(scope="session")
async def billing_bus(postgres: PostgresServer) -> LocalBusSettings:
    return await bus_settings(postgres)


@pytest.fixture(scope="session")
async def webhook_sink() -> AsyncIterator[Webhooks]:
    """Where the Stripe sandboxes of all tests send their webhooks."""
    webhooks = Webhooks()
    async with served(webhooks.app()) as url:
        webhooks.url = url
        yield webhooks


@pytest.fixture
async def world(
    billing_database: ServiceDatabase, billing_bus: LocalBusSettings, webhook_sink: Webhooks, tmp_path: Path
) -> AsyncIterator[World]:
    """billing with nothing of Stripe's left over from the test before."""
    async with open_world(billing_database, billing_bus, webhook_sink, tmp_path) as opened:
        async with opened.context.database.system_session() as session:
            await session.execute(delete(StripeEvent))
            await session.execute(update(BillingAccount).values(next_reconcile_at=None))
        yield opened
        configure_failpoints("")
