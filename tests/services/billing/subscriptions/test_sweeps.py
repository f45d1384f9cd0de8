"""The comparison with Stripe finds and repairs what no webhook told."""

from datetime import UTC, datetime, timedelta

import pytest

from services.billing.subscriptions.sweeps import next_night, reconcile_some, reconciliation_sweep
from tests.services.billing.world import World

ACTIVATED = "billing.subscription.activated.v1"


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 1, 1, 2, 59, tzinfo=UTC), datetime(2026, 1, 1, 3, tzinfo=UTC)),
        (datetime(2026, 1, 1, 3, tzinfo=UTC), datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)),
    ],
)
def test_the_night_begins_at_three(now: datetime, night: datetime) -> None:
    assert next_night(now) == night


async def test_a_payment_whose_webhooks_were_all_lost_is_found_at_night(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)
    assert await world.sweep(reconciliation_sweep(world.context)) == 0

    world.clock.advance(timedelta(hours=3))
    await world.sweep(reconciliation_sweep(world.context))

    assert (await world.subscription(tenant_id)).json()["status"] == "active"
    assert len(await world.events(tenant_id, ACTIVATED)) == 1


async def test_the_comparison_on_demand_repairs_at_once_and_then_finds_nothing(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id)
    await world.cancel_at_stripe(tenant_id)

    await reconcile_some(world.context, limit=1000)
    told = await world.events(tenant_id, "billing.subscription.changed.v1")
    await reconcile_some(world.context, limit=1000)

    assert [event["status"] for event in told] == ["active", "canceled"]
    assert await world.events(tenant_id, "billing.subscription.changed.v1") == told


async def test_while_stripe_is_down_the_comparison_stays_due(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)
    world.clock.advance(timedelta(hours=3))

    async with world.stripe_down() as broken:
        assert await broken.sweep(reconciliation_sweep(broken.context)) == 0
    await world.sweep(reconciliation_sweep(world.context))

    assert (await world.subscription(tenant_id)).json()["status"] == "active"
