"""Delivery: at once, signed, retried, over restarts, and on request."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
import stripe

from sandbox.stripe.webhooks import sign
from tests.sandbox.stripe.world import SECRET, Receiver, World, listen, running_receiver, running_world
from tests.support.eventually import eventually


async def pending(world: World) -> int:
    return int((await world.http.get(f"{world.url}/_sandbox/next-due")).json()["pending_deliveries"])


async def test_an_event_is_sent_without_waiting_for_the_timer(world: World) -> None:
    await world.stripe.v1.customers.create_async({"name": "A"})
    await eventually(lambda: world.receiver.types() == ["customer.created"], timeout=10)


async def test_a_refused_event_is_sent_again_until_it_is_taken(world: World) -> None:
    world.receiver.status = 500
    await world.stripe.v1.customers.create_async({"name": "A"})
    await eventually(lambda: world.receiver.attempts >= 2, timeout=10)
    assert await pending(world) == 1
    world.receiver.status = 200
    await eventually(lambda: world.receiver.types() == ["customer.created"], timeout=10)
    await eventually(lambda: pending_is(world, 0), timeout=5)
    event = (await world.stripe.v1.events.list_async({"delivery_success": True})).data[0]
    assert event.pending_webhooks == 0


async def pending_is(world: World, wanted: int) -> bool:
    return await pending(world) == wanted


async def test_an_endpoint_that_hangs_delays_only_its_own_events(tmp_path: Path) -> None:
    async with (
        running_receiver() as receiver,
        running_world(tmp_path, receiver, webhook_timeout_seconds=0.3) as world,
    ):
        receiver.gate.clear()
        await world.stripe.v1.customers.create_async({"name": "A"})
        await eventually(lambda: receiver.attempts >= 2, timeout=10)
        receiver.gate.set()
        await eventually(lambda: "customer.created" in receiver.types(), timeout=10)


async def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path) -> None:
    listener, url = listen()
    listener.close()
    nobody = Receiver(f"{url}/webhooks/stripe")
    async with running_world(tmp_path, nobody) as world:
        await world.stripe.v1.customers.create_async({"name": "A"})
        assert await pending(world) == 1
    with closing(sqlite3.connect(tmp_path / "stripe.sqlite3")) as connection, connection:
        connection.execute("UPDATE delivery SET attempts = 12, next_attempt_at = ?", (time.time() + 3600,))
    async with running_receiver() as receiver, running_world(tmp_path, receiver) as world:
        await eventually(lambda: receiver.types() == ["customer.created"], timeout=10)
        assert len((await world.stripe.v1.customers.list_async()).data) == 1


async def test_an_event_can_be_sent_again(world: World) -> None:
    await world.stripe.v1.customers.create_async({"name": "A"})
    await eventually(lambda: len(world.receiver.events) == 1, timeout=5)
    event_id = world.receiver.events[0].id
    assert (await world.http.post(f"{world.url}/_sandbox/events/{event_id}/resend")).status_code == 202
    await eventually(lambda: [e.id for e in world.receiver.events] == [event_id, event_id], timeout=5)
    form = await world.http.post(f"{world.url}/_sandbox/events/{event_id}/resend", headers={"Accept": "text/html"})
    assert (form.status_code, form.headers["location"]) == (303, "/")
    assert (await world.http.post(f"{world.url}/_sandbox/events/evt_no/resend")).status_code == 404


async def test_nothing_is_sent_for_a_change_that_was_refused(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await world.session(cancel_url="no url")
    await world.stripe.v1.customers.create_async({"name": "last"})
    await eventually(lambda: "customer.created" in world.receiver.types(), timeout=5)
    assert not [t for t in world.receiver.types() if t.startswith("checkout")]


async def test_the_dashboard_shows_customers_subscriptions_and_deliveries(world: World) -> None:
    empty = await world.http.get(world.url)
    assert "SANDBOX" in empty.text
    assert "None yet" in empty.text
    customer = await world.stripe.v1.customers.create_async({"name": "<i>Ada</i>", "email": "ada@example.com"})
    subscription = await world.subscribe(customer=customer.id)
    await eventually(lambda: pending_is(world, 0), timeout=10)
    page = (await world.http.get(world.url)).text
    for text in (customer.id, "&lt;i&gt;Ada", subscription.id, "delivered", "charge.succeeded", "Resend"):
        assert text in page


def test_a_changed_body_or_secret_breaks_the_signature() -> None:
    now = int(time.time())
    body = b'{"object":"event","id":"evt_1"}'
    header = sign(body, secret=SECRET, timestamp=now)
    assert stripe.Webhook.construct_event(body, header, SECRET).id == "evt_1"
    for wrong_body, secret in ((body + b" ", SECRET), (body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(wrong_body, header, secret)


async def test_many_events_are_each_delivered_once(world: World) -> None:
    await asyncio.gather(*(world.stripe.v1.customers.create_async({"name": str(n)}) for n in range(30)))
    await eventually(lambda: pending_is(world, 0), timeout=10)
    ids = [event.id for event in world.receiver.events]
    assert (len(ids), len(set(ids))) == (30, 30)
