"""billing alone, for what needs neither Stripe nor mail."""

from collections.abc import AsyncIterator, Iterator

import pytest

from libs.adapters.bus import LocalBusSettings
from libs.common.failpoints import configure_failpoints
from tests.support.billing import Billing, open_billing
from tests.support.databases import ServiceDatabase


@pytest.fixture(scope="module")
async def opened_billing(billing_database: ServiceDatabase, billing_bus: LocalBusSettings) -> AsyncIterator[Billing]:
    async with open_billing(billing_database, billing_bus) as opened:
        yield opened


@pytest.fixture
def billing(opened_billing: Billing) -> Iterator[Billing]:
    yield opened_billing
    configure_failpoints("")
