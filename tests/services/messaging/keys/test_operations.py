"""What operators do to the key of a business: through the endpoints that the command asks, and on the audit log."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from libs.common.application import create_application
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.common.sweeps import run_sweep
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.keys import operations
from services.messaging.keys.models import DataKey
from services.messaging.keys.service import key_alias
from services.messaging.keys.sweeps import data_key_sweep
from services.messaging.settings import MessagingSettings
from tests.services.messaging.world import Business, open_messaging
from tests.support.http_server import served
from tests.support.identities import as_member, as_service

BOUND = b"message 1"


@pytest.fixture
async def client(settings: MessagingSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_application(replace(SERVICE, open_context=open_messaging), settings)
    async with served(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def ask(client: httpx.AsyncClient, method: str, business: Business, act: str = "") -> httpx.Response:
    path = f"/internal/tenants/{business.id}/messaging-key{act}"
    return await client.request(method, path, headers=as_service("cli", to="messaging"))


async def done(client: httpx.AsyncClient, business: Business, act: str) -> dict[str, Any]:
    answer = await ask(client, "POST", business, act)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def audited(messaging: MessagingContext, business: Business) -> list[tuple[str, str]]:
    async with messaging.database.tenant_session(business.id) as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.position))
        return [(row.body["action"], row.body["actor"]) for row in rows if "audit" in row.type]


async def make_older(messaging: MessagingContext, business: Business, by: timedelta) -> None:
    async with messaging.database.tenant_session(business.id) as session:
        await session.execute(update(DataKey).values(created_at=datetime.now(UTC) - by))


async def test_a_key_goes_through_all_its_states_and_each_act_is_on_the_audit_log(
    messaging: MessagingContext, business: Business, client: httpx.AsyncClient
) -> None:
    assert (await ask(client, "GET", business)).json()["state"] == "none"
    await messaging.rings.ring(business.id)

    shown = (await ask(client, "GET", business)).json()
    assert (shown["state"], shown["data_keys"]) == ("enabled", 1)
    assert (await done(client, business, "/rotate"))["data_keys"] == 2
    assert (await done(client, business, "/disable"))["state"] == "disabled"
    assert (await done(client, business, "/enable"))["state"] == "enabled"
    pending = await done(client, business, "/schedule-destruction?days=7")
    assert pending["state"] == "pending_destruction"
    assert datetime.fromisoformat(pending["destroyed_at"]) - datetime.now(UTC) < timedelta(days=7)
    assert (await done(client, business, "/cancel-destruction"))["state"] == "disabled"

    acts = ("rotated", "disabled", "enabled", "destruction_scheduled", "destruction_canceled")
    assert await audited(messaging, business) == [(f"messaging.key.{act}", "service:cli") for act in acts]


async def test_what_the_key_store_refuses_is_told_and_not_on_the_audit_log(
    messaging: MessagingContext, business: Business, client: httpx.AsyncClient
) -> None:
    missing = await ask(client, "POST", business, "/disable")
    assert (missing.status_code, missing.json()["code"]) == (404, "key_not_found")
    assert (await ask(client, "POST", business, "/rotate")).json()["code"] == "key_not_found"
    await messaging.rings.ring(business.id)

    assert (await ask(client, "POST", business, "/cancel-destruction")).json()["code"] == "key_unavailable"
    assert (await ask(client, "POST", business, "/schedule-destruction?days=3")).status_code == 422
    assert await audited(messaging, business) == []


async def test_a_destroyed_key_is_told_from_one_that_never_was(
    messaging: MessagingContext, business: Business, client: httpx.AsyncClient
) -> None:
    async with messaging.database.tenant_session(business.id) as session:
        unknown = new_id()
        session.add(
            DataKey(tenant_id=business.id, id=unknown, purpose="content", wrapped=b"x", created_at=datetime.now(UTC))
        )

    assert (await ask(client, "GET", business)).json()["state"] == "destroyed"
    assert (await ask(client, "POST", business, "/enable")).json()["code"] == "key_not_found"


async def test_an_act_counts_in_its_own_process_at_once(messaging: MessagingContext, business: Business) -> None:
    ring = await messaging.rings.ring(business.id)
    sealed = ring.seal("Hallo", BOUND)

    await operations.disable(messaging, business.id, actor="service:cli")
    assert (await messaging.rings.ring(business.id)).open(sealed, BOUND) is None

    await operations.enable(messaging, business.id, actor="service:cli")
    assert (await messaging.rings.ring(business.id)).open(sealed, BOUND) == "Hallo"


async def test_nobody_but_the_command_may_ask(client: httpx.AsyncClient, business: Business) -> None:
    path = f"/internal/tenants/{business.id}/messaging-key"

    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=as_member(business.id))).status_code == 401
    assert (await client.get(path, headers=as_service("gateway", to="messaging"))).status_code == 403


async def test_a_data_key_of_ninety_days_is_followed_by_a_fresh_one(
    messaging: MessagingContext, business: Business
) -> None:
    sweep = data_key_sweep(messaging.rings)
    old = (await messaging.rings.ring(business.id)).seal("old", BOUND)
    await make_older(messaging, business, timedelta(days=89))
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)
    assert (await messaging.rings.ring(business.id)).seal("x", BOUND)[:16] == old[:16]

    await make_older(messaging, business, timedelta(days=91))
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)

    ring = await messaging.rings.ring(business.id)
    assert ring.seal("x", BOUND)[:16] != old[:16]
    assert ring.open(old, BOUND) == "old"
    assert await audited(messaging, business) == [("messaging.key.rotated", "service:messaging")]


async def test_a_disabled_key_is_not_rotated_and_keeps_nobody_from_their_turn(
    messaging: MessagingContext, business: Business
) -> None:
    await messaging.rings.ring(business.id)
    await messaging.keys.disable(f"alias/{key_alias(business.id)}")
    await make_older(messaging, business, timedelta(days=91))

    await run_sweep(data_key_sweep(messaging.rings), database=messaging.database, clock=messaging.clock)

    assert await audited(messaging, business) == []
