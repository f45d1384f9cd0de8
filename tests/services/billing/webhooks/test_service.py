"""Stripe's events: whatever comes, however often and in whatever order, a payment counts exactly once."""

import asyncio

from tests.services.billing.world import World

ACTIVATED = "billing.subscription.activated.v1"


async def test_a_payment_activates_the_subscription_and_converts_the_trial(world: World) -> None:
    tenant_id = await world.new_tenant()
    assert (await world.subscription(tenant_id)).status_code == 404

    await world.subscribe(tenant_id, "business")

    subscription = (await world.subscription(tenant_id)).json()
    assert subscription["plan"] == "business"
    assert subscription["status"] == "active"
    assert subscription["current_period_end"] == "2026-02-01T00:00:00Z"
    assert subscription["cancel_at_period_end"] is False
    [activated] = await world.events(tenant_id, ACTIVATED)
    assert (activated["plan"], activated["version"]) == ("business", 1)
    assert [event["status"] for event in await world.events(tenant_id, "billing.trial.changed.v1")] == [
        "active",
        "converted",
    ]


async def test_each_event_ten_times_activates_once(world: World) -> None:
    tenant_id = await world.new_tenant()
    deliveries = await world.paid_checkout(tenant_id)

    await world.deliver_and_work_off(deliveries * 10)

    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert len(await world.events(tenant_id, "billing.subscription.changed.v1")) == 1
    assert len(await world.charges()) == 1
