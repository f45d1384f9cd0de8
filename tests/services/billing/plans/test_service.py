"""Pushing the catalogue to Stripe: as often as one likes, and a new price takes over from the old."""

from typing import Any

from services.billing.plans.service import push_catalogue
from tests.services.billing.world import STRIPE_KEY, World


async def prices(world: World) -> list[dict[str, Any]]:
    listed = await world.stripe.get("/v1/prices", params={"limit": "100"}, headers=STRIPE_KEY)
    found: list[dict[str, Any]] = listed.json()["data"]
    return found


async def test_pushing_again_changes_nothing(world: World) -> None:
    before = await prices(world)
    assert len(before) == 3

    assert await push_catalogue(world.context.payments, world.context.catalogue) == 0

    assert await prices(world) == before
    assert await world.count_at_stripe("products") == 3


async def test_a_new_amount_is_a_new_price_and_who_bought_before_keeps_the_plan(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, "starter")
    catalogue = world.context.catalogue
    dearer = [plan.model_copy(update={"amount": plan.amount + 1000 * plan.purchasable}) for plan in catalogue.plans]

    made = await push_catalogue(world.context.payments, catalogue.model_copy(update={"plans": tuple(dearer)}))

    assert made == 3
    present = await world.context.payments.find_price(catalogue.lookup_key(catalogue.by_id["starter"]))
    assert present is not None
    assert present.amount == 30_900
    assert sum(price["active"] for price in await prices(world)) == 3
    assert (await world.subscription(tenant_id)).json()["plan"] == "starter"
