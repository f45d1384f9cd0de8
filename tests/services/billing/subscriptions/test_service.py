"""A subscription's later life: cancellation, failed renewals, recovery, and looks that overtake each other."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from services.billing.accounts import repository as accounts
from services.billing.subscriptions.service import Observation, apply_observation, observe
from tests.services.billing.world import FAILS_AT_RENEWAL, World
from tests.support.eventually import eventually

ACTIVATED = "billing.subscription.activated.v1"
CHANGED = "billing.subscription.changed.v1"
DAY = timedelta(days=1)


async def apply(world: World, tenant_id: UUID, observation: Observation) -> int:
    async with world.context.database.tenant_session(tenant_id) as session:
        await session.execute(text("SET LOCAL lock_timeout = '20s'"))  # a slow test machine is no deadlock
        return await apply_observation(
            session, tenant_id, observation, catalogue=world.context.catalogue, now=world.clock.now()
        )


async def look(world: World, tenant_id: UUID) -> Observation:
    return await observe(world.context.database, world.context.payments, await world.customer_id(tenant_id))


async def new_events(world: World, *, after: int) -> None:
    await world.webhooks_settled()
    await world.deliver_and_work_off(world.webhooks.deliveries[after:])


async def test_a_look_that_began_earlier_never_overwrites_a_later_one(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id)
    slow = await look(world, tenant_id)
    await world.cancel_at_stripe(tenant_id)
    fast = await look(world, tenant_id)

    assert await apply(world, tenant_id, fast) == 1
    assert await apply(world, tenant_id, slow) == 0

    assert (await world.subscription(tenant_id)).json()["status"] == "canceled"


async def test_two_looks_that_are_stored_at_once_wait_for_each_other(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)
    first, second = await look(world, tenant_id), await look(world, tenant_id)
    async with world.context.database.tenant_session(tenant_id) as session:
        catalogue, now = world.context.catalogue, world.clock.now()
        await accounts.hold(session, tenant_id)
        waiting = asyncio.create_task(apply(world, tenant_id, second))
        await eventually(world.someone_waits_for_a_lock)
        assert await apply_observation(session, tenant_id, first, catalogue=catalogue, now=now) == 1

    assert await waiting == 0
    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert [event["version"] for event in await world.events(tenant_id, CHANGED)] == [1]


async def test_a_cancellation_at_the_end_of_the_period_shows_and_then_happens(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id)
    seen = len(world.webhooks.deliveries)
    await world.cancel_at_stripe(tenant_id, at_period_end=True)
    await new_events(world, after=seen)
    assert (await world.subscription(tenant_id)).json()["cancel_at_period_end"] is True
    assert await world.mode(tenant_id) == "full"

    seen = len(world.webhooks.deliveries)
    await world.advance(32 * DAY)
    await new_events(world, after=seen)

    assert (await world.subscription(tenant_id)).json()["status"] == "canceled"
    assert await world.mode(tenant_id) == "suspended"
    changes = await world.events(tenant_id, CHANGED)
    assert [event["version"] for event in changes] == list(range(1, len(changes) + 1))
    assert [event["before"] for event in changes] == [None, *(event["status"] for event in changes[:-1])]


async def test_a_renewal_moves_the_period_and_activates_nothing(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id)
    seen = len(world.webhooks.deliveries)

    await world.advance(32 * DAY)
    await new_events(world, after=seen)

    assert (await world.subscription(tenant_id)).json()["current_period_end"] == "2026-03-01T00:00:00Z"
    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert len(await world.charges()) == 2


async def test_a_renewal_that_fails_is_told_by_mail_and_in_the_end_makes_the_tenant_read_only(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, card=FAILS_AT_RENEWAL)
    seen = len(world.webhooks.deliveries)
    await world.advance(32 * DAY)
    await new_events(world, after=seen)
    assert (await world.subscription(tenant_id)).json()["status"] == "past_due"
    assert await world.mode(tenant_id) == "full"
    await world.send_mails()
    assert world.mailer.subjects_to(tenant_id) == ["A payment for StackPro did not go through"]

    seen = len(world.webhooks.deliveries)
    await world.advance(12 * DAY)
    await new_events(world, after=seen)

    assert (await world.subscription(tenant_id)).json()["status"] == "unpaid"
    assert await world.mode(tenant_id) == "read_only"
    await world.send_mails()
    assert len(world.mailer.subjects_to(tenant_id)) == 1


async def test_a_product_that_is_no_plan_of_ours_opens_nothing(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)
    seen = await look(world, tenant_id)
    foreign = [replace(one, product_id="prod_of_something_else") for one in seen.subscriptions]

    assert await apply(world, tenant_id, Observation(number=seen.number, subscriptions=foreign)) == 0
    assert (await world.subscription(tenant_id)).status_code == 404


async def test_a_subscription_whose_first_payment_is_open_activates_nothing_until_it_is_paid(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)
    seen = await look(world, tenant_id)
    unpaid = [replace(one, status="incomplete") for one in seen.subscriptions]
    await apply(world, tenant_id, Observation(number=seen.number, subscriptions=unpaid))
    assert (await world.subscription(tenant_id)).status_code == 404

    await apply(world, tenant_id, await look(world, tenant_id))

    assert len(await world.events(tenant_id, ACTIVATED)) == 1
