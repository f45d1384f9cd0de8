"""Buying a plan: one page at a time, nobody pays twice, and every refusal says what to do."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from libs.common.failpoints import configure_failpoints
from services.billing.accounts.models import BillingAccount
from tests.services.billing.world import DECLINED_CARD, World
from tests.support.identities import as_member, as_service

ACTIVATED = "billing.subscription.activated.v1"


async def test_a_checkout_answers_with_stripes_page(world: World) -> None:
    tenant_id = await world.new_tenant()

    opened = await world.checkout(tenant_id)

    assert opened.status_code == 201
    body = opened.json()
    assert body["session_id"].startswith("cs_")
    assert (await world.stripe.get(body["url"])).status_code == 200
    paid = await world.pay(body["url"])
    back = urlsplit(paid.headers["location"])
    assert (back.netloc, back.path) == ("web.example", "/checkout/success/")
    assert parse_qs(back.query)["session_id"] == [body["session_id"]]
    [audit] = [
        event
        for event in await world.events(tenant_id, "platform.audit.recorded.v1")
        if event["action"] == "billing.checkout.started"
    ]
    assert audit["actor"].startswith("user:")


async def test_a_second_checkout_of_the_same_plan_is_the_same_page(world: World) -> None:
    tenant_id = await world.new_tenant()

    first, second = await world.checkout(tenant_id), await world.checkout(tenant_id)

    assert (second.status_code, second.json()) == (201, first.json())


async def test_two_clicks_at_once_open_one_page_for_one_customer(world: World) -> None:
    tenant_id = await world.new_tenant()

    answers = await asyncio.gather(*(world.checkout(tenant_id) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["url"] for answer in answers}) == 1
    assert await world.count_at_stripe("customers") == 1
    assert await world.count_at_stripe("checkout/sessions") == 1


async def test_a_checkout_while_somebody_holds_the_account_is_told_to_come_back(world: World) -> None:
    tenant_id = await world.new_tenant()
    async with world.context.database.system_session() as session:
        held = select(BillingAccount.tenant_id).where(BillingAccount.tenant_id == tenant_id).with_for_update()
        assert await session.scalar(held) == tenant_id

        refused = await world.checkout(tenant_id)

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert await world.count_at_stripe("checkout/sessions") == 0
    assert (await world.checkout(tenant_id)).status_code == 201


async def test_choosing_another_plan_closes_the_page_of_the_first(world: World) -> None:
    tenant_id = await world.new_tenant()
    first = await world.checkout(tenant_id, "starter")

    second = await world.checkout(tenant_id, "business")

    assert second.status_code == 201
    assert second.json()["url"] != first.json()["url"]
    assert (await world.pay(first.json()["url"])).status_code != 303
    assert await world.charges() == []


async def test_a_page_that_expired_is_replaced(world: World) -> None:
    tenant_id = await world.new_tenant()
    first = await world.checkout(tenant_id)
    await world.advance(timedelta(days=2))

    second = await world.checkout(tenant_id)

    assert second.status_code == 201
    assert second.json()["session_id"] != first.json()["session_id"]


async def test_a_declined_card_buys_nothing_and_may_be_followed_by_another(world: World) -> None:
    tenant_id = await world.new_tenant()
    opened = await world.checkout(tenant_id)

    declined = await world.pay(opened.json()["url"], DECLINED_CARD)
    await world.webhooks_settled()
    await world.deliver_and_work_off(world.webhooks.deliveries)

    assert declined.status_code == 402
    assert (await world.subscription(tenant_id)).status_code == 404
    assert await world.events(tenant_id, ACTIVATED) == []
    await world.subscribe(tenant_id)
    assert (await world.subscription(tenant_id)).json()["status"] == "active"
    assert len(await world.charges()) == 1


async def test_who_has_a_subscription_cannot_buy_another(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id)

    refused = await world.checkout(tenant_id, "enterprise")

    assert (refused.status_code, refused.json()["code"]) == (409, "already_subscribed")


async def test_who_has_paid_a_moment_ago_cannot_pay_again(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.paid_checkout(tenant_id)

    refused = await world.checkout(tenant_id, "enterprise")

    assert (refused.status_code, refused.json()["code"]) == (409, "checkout_paid")


async def test_who_canceled_may_buy_again_and_is_activated_again(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, "starter")
    before = len(world.webhooks.deliveries)
    await world.cancel_at_stripe(tenant_id)
    await world.deliver_and_work_off(world.webhooks.deliveries[before:])
    assert await world.mode(tenant_id) == "suspended"

    await world.subscribe(tenant_id, "business")

    assert (await world.subscription(tenant_id)).json()["plan"] == "business"
    assert await world.mode(tenant_id) == "full"
    activated = await world.events(tenant_id, ACTIVATED)
    assert [(event["plan"], event["version"]) for event in activated] == [("starter", 1), ("business", 3)]
    assert await world.count_at_stripe("customers") == 1


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"plan": "platinum"}, "unknown_plan", "/plan"),
        ({"plan": "trial"}, "plan_not_purchasable", "/plan"),
        ({"plan": "business", "interval": "decade"}, "invalid_request", "/interval"),
        ({"plan": "business", "coupon": "FREE"}, "invalid_request", "/coupon"),
        ({"plan": 7}, "invalid_request", "/plan"),
        ({}, "invalid_request", "/plan"),
    ],
)
async def test_a_wrong_order_is_refused_with_its_field(
    world: World, body: dict[str, object], code: str, pointer: str
) -> None:
    tenant_id = await world.new_tenant()

    answer = await world.client.post("/v1/billing/checkout", json=body, headers=as_member(tenant_id))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
async def test_only_an_owner_may_buy(world: World, role: str) -> None:
    tenant_id = await world.new_tenant()

    answer = await world.client.post(
        "/v1/billing/checkout", json={"plan": "business"}, headers=as_member(tenant_id, role=role)
    )

    assert answer.status_code == 403


async def test_nobody_buys_without_signing_in(world: World) -> None:
    anonymous = await world.client.post("/v1/billing/checkout", json={"plan": "business"})
    service = await world.client.post(
        "/v1/billing/checkout", json={"plan": "business"}, headers=as_service("gateway", to="billing")
    )

    assert (anonymous.status_code, service.status_code) == (401, 401)


async def test_an_idempotency_key_gives_the_first_answer_again_and_refuses_another_order(world: World) -> None:
    tenant_id = await world.new_tenant()
    key = {"Idempotency-Key": "order-of-the-day"}
    first = await world.checkout(tenant_id, "starter", **key)
    await world.advance(timedelta(days=2))

    again = await world.checkout(tenant_id, "starter", **key)
    other = await world.checkout(tenant_id, "business", **key)

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_key_of_another_tenant_is_another_key(world: World) -> None:
    key = {"Idempotency-Key": "order-of-the-day"}
    mine, theirs = await world.new_tenant(), await world.new_tenant()

    first, second = await world.checkout(mine, **key), await world.checkout(theirs, **key)

    assert first.json()["session_id"] != second.json()["session_id"]


async def test_while_stripe_is_down_the_answer_is_try_again_and_nothing_is_half_done(world: World) -> None:
    tenant_id = await world.new_tenant()

    async with world.stripe_down() as broken:
        refused = await broken.checkout(tenant_id)

    assert (refused.status_code, refused.json()["code"]) == (503, "payments_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert (await world.checkout(tenant_id)).status_code == 201


@pytest.mark.parametrize(
    "moment", ["stripe.call.after:2", "stripe.call.after:3", "checkout.opened:1", "database.commit.after:3"]
)
async def test_a_crash_while_a_page_is_opened_leads_to_the_same_page_next_time(world: World, moment: str) -> None:
    tenant_id = await world.new_tenant()
    configure_failpoints(f"{moment}:raise")

    crashed = await world.checkout(tenant_id)
    configure_failpoints("")
    answer = await world.checkout(tenant_id)

    assert crashed.status_code == 500
    assert answer.status_code == 201
    assert await world.count_at_stripe("customers") == 1
    assert await world.count_at_stripe("checkout/sessions") == 1


async def test_a_suspended_tenant_may_still_buy(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.advance(timedelta(days=30))
    assert await world.mode(tenant_id) == "suspended"

    assert (await world.checkout(tenant_id)).status_code == 201


async def test_a_tenant_never_sees_the_subscription_of_another(world: World) -> None:
    mine, theirs = await world.new_tenant(), await world.new_tenant()
    await world.subscribe(theirs)

    assert (await world.subscription(theirs)).status_code == 200
    assert (await world.subscription(mine)).status_code == 404
    assert await world.events(mine, ACTIVATED) == []
