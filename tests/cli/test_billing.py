"""Operators bring Stripe in line with the catalogue, and billing in line with Stripe."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from libs.common.ids import new_id
from services.billing.accounts.models import BillingAccount
from services.billing.operations.endpoints import COMPARED_AT_ONCE
from services.billing.trials.service import start_trial
from tests.cli.conftest import Command
from tests.support.services import Services

PAYING = COMPARED_AT_ONCE + 2


@pytest.fixture
async def paying(services: Services) -> AsyncIterator[None]:
    """More businesses that are customers at Stripe than are compared at once."""
    billing = services.billing
    for number in range(PAYING):
        tenant_id = new_id()
        async with billing.database.tenant_session(tenant_id) as session:
            await start_trial(session, tenant_id, catalogue=billing.catalogue, now=datetime.now(UTC))
            await session.execute(update(BillingAccount).values(stripe_customer_id=f"cus_{number}_{tenant_id.hex}"))
    yield
    async with billing.database.system_session() as session:
        await session.execute(update(BillingAccount).values(stripe_customer_id=None))


async def compared(services: Services) -> int:
    """How many were compared: each is due again at night."""
    async with services.billing.database.system_session() as session:
        found = select(BillingAccount.tenant_id).where(BillingAccount.next_reconcile_at > datetime.now(UTC))
        return len((await session.scalars(found)).all())


async def test_pushing_the_catalogue_again_says_that_nothing_was_missing(stackpro: Command) -> None:
    result = await stackpro("billing", "push-catalogue")
    assert (result.exit_code, result.output) == (0, "Stripe has every price already.\n")


@pytest.mark.usefixtures("paying")
async def test_every_paying_business_is_compared_some_at_a_time(stackpro: Command, services: Services) -> None:
    result = await stackpro("billing", "reconcile")
    assert (result.exit_code, result.output) == (0, f"{PAYING} compared with Stripe.\n")
    assert await compared(services) == PAYING


async def test_no_paying_business_is_no_error(stackpro: Command) -> None:
    result = await stackpro("billing", "reconcile")
    assert (result.exit_code, result.output) == (0, "0 compared with Stripe.\n")
