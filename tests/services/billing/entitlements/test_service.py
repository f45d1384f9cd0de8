"""What tenants use is counted once each, by the month or as a level, and compared with what their plan allows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from libs.common.audit import UsageRecorded
from libs.common.consumer import Consumer
from libs.common.http_client import ServiceHttp
from libs.common.messages import Delivery
from libs.common.problems import NotFound
from libs.common.security.assertions import AssertionSigner
from libs.contracts.billing import BillingClient, LimitReached
from services.billing.app import SERVICE
from services.billing.entitlements.service import UnknownEntitlement
from services.billing.subscriptions.models import Subscription
from tests.services.billing.world import World
from tests.support.identities import SERVICE_KEYS, as_member

GIB = 1024**3


def _messaging(world: World) -> BillingClient:
    """billing as messaging asks it."""
    signer = AssertionSigner("messaging", SERVICE_KEYS["messaging"])
    return BillingClient(ServiceHttp("billing", "http://billing", signer, transport=world.client._transport))


def _used(tenant_id: UUID, quantity: int, *, entitlement: str = "storage_bytes", days_ago: float = 0) -> UsageRecorded:
    occurred_at = datetime.now(UTC) - timedelta(days=days_ago)
    return UsageRecorded(tenant_id=tenant_id, entitlement=entitlement, quantity=quantity, occurred_at=occurred_at)


async def _deliver(world: World, *events: UsageRecorded) -> None:
    consumer = Consumer(
        "billing", SERVICE.handlers(world.context), database=world.context.database, bus=world.context.bus
    )
    for event in events:
        body, name = event.model_dump_json(), str(event.id)
        await consumer.apply(Delivery(receipt=name, message_id=name, type=event.type, body=body, receive_count=1))


async def _usage(world: World, tenant_id: UUID) -> dict[str, Any]:
    answer = await world.client.get("/v1/billing/usage", headers=as_member(tenant_id, role="viewer"))
    assert answer.status_code == 200, answer.text
    return {item["entitlement"]: item for item in answer.json()["items"]}


async def test_in_a_trial_the_limit_is_hard_and_the_refusal_names_limit_use_and_upgrade(world: World) -> None:
    tenant_id = await world.new_tenant()
    await _deliver(world, _used(tenant_id, GIB - 10))

    within = await _messaging(world).check_entitlement(tenant_id, "storage_bytes", quantity=10)
    with pytest.raises(LimitReached) as refused:
        await _messaging(world).require_entitlement(tenant_id, "storage_bytes", quantity=11)

    assert (within.allowed, within.kind, within.limit, within.used, within.plan) == (
        True,
        "hard",
        GIB,
        GIB - 10,
        "trial",
    )
    assert refused.value.code == "limit_reached"
    assert refused.value.extra == {
        "entitlement": "storage_bytes",
        "plan": "trial",
        "limit": GIB,
        "used": GIB - 10,
        "held": 0,
        "upgrade_url": "http://web.example/plans/",
    }


async def test_in_a_paid_plan_storage_is_soft_and_domains_are_hard(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, "starter")
    await _deliver(world, _used(tenant_id, 26 * GIB), _used(tenant_id, 1, entitlement="custom_domains"))

    storage = await _messaging(world).check_entitlement(tenant_id, "storage_bytes", quantity=GIB)
    domains = await _messaging(world).check_entitlement(tenant_id, "custom_domains")

    assert (storage.allowed, storage.kind, storage.plan) == (True, "soft", "starter")
    assert (domains.allowed, domains.kind) == (False, "hard")
    assert (await _usage(world, tenant_id))["storage_bytes"]["percent"] == 104


async def test_what_is_unlimited_is_allowed_in_any_quantity(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, "enterprise")

    users = await _messaging(world).check_entitlement(tenant_id, "users", quantity=10**6)

    assert (users.allowed, users.limit) == (True, None)
    assert (await _usage(world, tenant_id))["users"]["percent"] is None


async def test_an_event_counts_once_however_often_it_comes(world: World) -> None:
    tenant_id = await world.new_tenant()
    once = _used(tenant_id, 100)

    await _deliver(world, once, once, _used(tenant_id, 5), once)

    assert (await _usage(world, tenant_id))["storage_bytes"]["used"] == 105


async def test_a_level_is_given_back_also_when_that_is_heard_first(world: World) -> None:
    tenant_id = await world.new_tenant()

    await _deliver(world, _used(tenant_id, -70))
    before = (await _usage(world, tenant_id))["storage_bytes"]["used"]
    await _deliver(world, _used(tenant_id, 100))

    assert before == 0
    assert (await _usage(world, tenant_id))["storage_bytes"]["used"] == 30


async def test_monthly_use_begins_anew_with_the_month_of_business_time_and_a_level_stays(world: World) -> None:
    tenant_id = await world.new_tenant()
    world.clock.advance(timedelta(days=10))
    await _deliver(world, _used(tenant_id, 40, entitlement="ai_queries_per_month"), _used(tenant_id, 7))
    first = await _usage(world, tenant_id)

    world.clock.advance(timedelta(days=31))
    await _deliver(world, _used(tenant_id, 2, entitlement="ai_queries_per_month"))

    second = await _usage(world, tenant_id)
    assert (first["ai_queries_per_month"]["used"], second["ai_queries_per_month"]["used"]) == (40, 2)
    assert (second["storage_bytes"]["used"], second["storage_bytes"]["monthly"]) == (7, False)


async def test_use_that_is_heard_of_late_counts_in_the_month_in_which_it_was(world: World) -> None:
    tenant_id = await world.new_tenant()
    world.clock.advance(timedelta(days=10))

    await _deliver(world, _used(tenant_id, 40, entitlement="emails_per_month", days_ago=11))
    await _deliver(world, _used(tenant_id, 3, entitlement="emails_per_month", days_ago=9))

    assert (await _usage(world, tenant_id))["emails_per_month"]["used"] == 3


async def test_what_was_bought_counts_before_the_trial(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.subscribe(tenant_id, "starter")
    async with world.context.database.tenant_session(tenant_id) as session:
        await session.execute(update(Subscription).values(plan="business"))

    check = await _messaging(world).check_entitlement(tenant_id, "sms_and_whatsapp_per_month", quantity=1000)

    assert (check.plan, check.limit, check.kind) == ("business", 1000, "soft")


async def test_what_the_catalogue_does_not_know_is_neither_counted_nor_allowed(world: World) -> None:
    tenant_id = await world.new_tenant()

    with pytest.raises(UnknownEntitlement):
        await _deliver(world, _used(tenant_id, 1, entitlement="parking_places"))
    with pytest.raises(NotFound):
        await _messaging(world).check_entitlement(tenant_id, "parking_places")


async def test_one_tenant_s_use_is_not_another_s(world: World) -> None:
    one, other = await world.new_tenant(), await world.new_tenant()

    await _deliver(world, _used(one, 100))

    assert (await _usage(world, other))["storage_bytes"]["used"] == 0


async def test_only_messaging_may_ask(world: World) -> None:
    path = f"/internal/tenants/{await world.new_tenant()}/entitlements/storage_bytes"
    assertion = AssertionSigner("provisioner", SERVICE_KEYS["provisioner"]).assertion("billing")

    answer = await world.client.get(path, headers={"Authorization": f"Bearer {assertion}"})

    assert answer.status_code == 403
