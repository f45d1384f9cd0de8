"""Stripe's events: whatever comes, however often and in whatever order, a payment counts exactly once."""

import asyncio
import itertools
import json

import pytest

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from tests.services.billing.world import Delivery, World, signed

ACTIVATED = "billing.subscription.activated.v1"
CHANGED = "billing.subscription.changed.v1"


def type_of(delivery: Delivery) -> str:
    return str(json.loads(delivery.body)["type"])


async def test_a_payment_activates_the_subscription_and_converts_the_trial(world: World) -> None:
    tenant_id = await world.new_tenant()
    assert (await world.subscription(tenant_id)).status_code == 404

    await world.subscribe(tenant_id, "business")

    subscription = (await world.subscription(tenant_id)).json()
    assert subscription == {
        "plan": "business",
        "status": "active",
        "current_period_end": "2026-02-01T00:00:00Z",
        "cancel_at_period_end": False,
    }
    [activated] = await world.events(tenant_id, ACTIVATED)
    assert (activated["plan"], activated["version"]) == ("business", 1)
    assert await world.stripe_events("pending") == []
    trial = await world.events(tenant_id, "billing.trial.changed.v1")
    assert [(event["status"], event["version"]) for event in trial] == [("active", 1), ("converted", 2)]


async def test_each_event_ten_times_activates_once(world: World) -> None:
    tenant_id = await world.new_tenant()
    deliveries = await world.paid_checkout(tenant_id)

    await world.deliver_and_work_off(deliveries * 10)

    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert len(await world.events(tenant_id, CHANGED)) == 1
    assert len(await world.charges()) == 1


async def test_events_in_reverse_order_lead_to_the_same_state(world: World) -> None:
    tenant_id = await world.new_tenant()
    deliveries = await world.paid_checkout(tenant_id)
    assert len(deliveries) > 3

    await world.deliver_and_work_off(deliveries[::-1])

    assert (await world.subscription(tenant_id)).json()["status"] == "active"
    assert len(await world.events(tenant_id, ACTIVATED)) == 1


async def test_any_single_event_of_a_payment_is_enough(world: World) -> None:
    for kind in ("checkout.session.completed", "customer.subscription.created", "invoice.paid"):
        tenant_id = await world.new_tenant()
        deliveries = await world.paid_checkout(tenant_id)

        await world.deliver_and_work_off([one for one in deliveries if type_of(one) == kind])

        assert len(await world.events(tenant_id, ACTIVATED)) == 1, kind


async def test_all_events_at_once_on_several_workers_activate_once(world: World) -> None:
    tenant_id = await world.new_tenant()
    deliveries = await world.paid_checkout(tenant_id)

    answers = await asyncio.gather(*(world.deliver(one) for one in deliveries * 3))
    await asyncio.gather(*(world.work_off() for _ in range(4)))

    assert {answer.status_code for answer in answers} == {202}
    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert [event["version"] for event in await world.events(tenant_id, CHANGED)] == [1]


async def test_an_old_event_that_comes_late_does_not_bring_back_old_state(world: World) -> None:
    tenant_id = await world.new_tenant()
    bought = await world.paid_checkout(tenant_id)
    await world.deliver_and_work_off([one for one in bought if type_of(one) == "invoice.paid"])
    before = len(world.webhooks.deliveries)
    await world.cancel_at_stripe(tenant_id)
    await world.deliver_and_work_off(world.webhooks.deliveries[before:])
    assert (await world.subscription(tenant_id)).json()["status"] == "canceled"

    await world.deliver_and_work_off([one for one in bought if type_of(one) == "customer.subscription.created"])

    assert (await world.subscription(tenant_id)).json()["status"] == "canceled"
    assert await world.mode(tenant_id) == "suspended"


@pytest.mark.parametrize("moment", ["database.commit.before", "database.commit.after"])
async def test_an_intake_that_dies_at_its_commit_is_made_good_by_the_next_delivery(world: World, moment: str) -> None:
    tenant_id = await world.new_tenant()
    [completed] = [one for one in await world.paid_checkout(tenant_id) if type_of(one) == "checkout.session.completed"]
    configure_failpoints(f"{moment}:1:raise")

    first = await world.deliver(completed)
    configure_failpoints("")
    second = await world.deliver(completed)
    await world.work_off()

    assert first.status_code == 500
    assert second.status_code == 202
    assert second.json()["duplicate"] is (moment == "database.commit.after")
    assert len(await world.events(tenant_id, ACTIVATED)) == 1


@pytest.mark.parametrize(
    "moment", ["stripe.call.before", "stripe.call.after", "stripe_event.commit.before", "stripe_event.commit.after"]
)
async def test_a_worker_that_dies_anywhere_leaves_the_event_to_the_next_one(world: World, moment: str) -> None:
    tenant_id = await world.new_tenant()
    for delivery in await world.paid_checkout(tenant_id):
        assert (await world.deliver(delivery)).status_code == 202
    configure_failpoints(f"{moment}:1:raise")

    with pytest.raises(FailpointReached):
        await world.work_off()
    configure_failpoints("")
    await world.make_pending_events_due()
    await world.work_off()

    assert len(await world.events(tenant_id, ACTIVATED)) == 1
    assert (await world.subscription(tenant_id)).json()["status"] == "active"


async def test_events_wait_while_stripe_is_down_and_are_worked_off_when_it_is_back(world: World) -> None:
    tenant_id = await world.new_tenant()
    for delivery in await world.paid_checkout(tenant_id):
        await world.deliver(delivery)
    configure_failpoints("")

    async with world.stripe_down() as broken:
        await broken.work_off()
    assert (await world.subscription(tenant_id)).status_code == 404
    waiting = await world.stripe_events("pending")
    assert {event.outcome for event in waiting} == {"payments_unavailable"}

    await world.make_pending_events_due()
    await world.work_off()
    assert (await world.subscription(tenant_id)).json()["status"] == "active"


async def test_an_event_that_fails_too_often_asks_for_an_operator(world: World) -> None:
    tenant_id = await world.new_tenant()
    [delivery, *_] = await world.paid_checkout(tenant_id)
    await world.deliver(delivery)
    await world.set_attempts(29)

    async with world.stripe_down() as broken:
        await broken.work_off()

    [given_up] = await world.stripe_events("needs_operator")
    assert (given_up.attempts, given_up.next_attempt_at) == (30, None)


async def test_events_of_strangers_and_of_no_interest_are_ignored_with_a_reason(world: World) -> None:
    stranger = {"object": "subscription", "id": "sub_of_a_stranger", "customer": "cus_of_a_stranger"}
    events = {
        "customer.subscription.created": (stranger, "the customer is none of ours"),
        "checkout.session.completed": ({"id": "cs_foreign", "customer": None}, "it names no customer"),
        "product.created": ({"id": "prod_1"}, "no state depends on its type"),
    }
    counter = itertools.count()
    for kind, (thing, _reason) in events.items():
        delivery = signed({"id": f"evt_{new_id()}_{next(counter)}", "type": kind, "data": {"object": thing}})
        assert (await world.deliver(delivery)).status_code == 202
    await world.work_off()

    outcomes = {event.type: event.outcome for event in await world.stripe_events("ignored")}
    assert {kind: outcomes[kind] for kind in events} == {kind: reason for kind, (_thing, reason) in events.items()}


async def test_a_session_that_was_opened_for_another_tenant_changes_nothing_here(world: World) -> None:
    mine, other = await world.new_tenant(), await world.new_tenant()
    await world.subscribe(other)
    deliveries = [one for one in world.webhooks.deliveries if type_of(one) == "checkout.session.completed"]
    opened = await world.checkout(mine)
    assert opened.status_code == 201

    await world.deliver_and_work_off(deliveries)

    assert await world.events(mine, ACTIVATED) == []
    assert (await world.subscription(mine)).status_code == 404
