"""What business time does: renewals, trials, cancellations, dunning, changes of price."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe import Invoice, Subscription

from tests.sandbox.stripe.world import LATER, Receiver, World, period_end, running_receiver, running_world
from tests.support.eventually import eventually

DAY, HOUR = 86_400, 3_600


async def reload(world: World, subscription: Subscription) -> Subscription:
    return await world.stripe.v1.subscriptions.retrieve_async(subscription.id)


async def update(world: World, subscription: Subscription, **changes: Any) -> Subscription:
    params: Any = changes
    return await world.stripe.v1.subscriptions.update_async(subscription.id, params)


async def invoices(world: World, subscription: Subscription) -> list[Invoice]:
    """Newest first."""
    return (await world.stripe.v1.invoices.list_async({"subscription": subscription.id})).data


async def test_a_subscription_renews_and_is_charged_an_hour_later(world: World) -> None:
    subscription = await world.subscribe()
    first_end = period_end(subscription)
    assert datetime.fromtimestamp(first_end, UTC) == world.clock.now() + timedelta(days=31)
    due = (await world.http.get(f"{world.url}/_sandbox/next-due")).json()["next_due"]
    assert due == "2026-02-01T00:00:00Z"
    assert await world.advance(first_end) == ["subscription renewed"]
    assert len(await world.ledger()) == 1
    assert await world.advance(first_end + HOUR) == ["invoice finalized, now paid"]
    renewed = await reload(world, subscription)
    assert datetime.fromtimestamp(period_end(renewed), UTC) == datetime(2026, 3, 1, tzinfo=UTC)
    newest = (await invoices(world, subscription))[0]
    assert (newest.id, newest.billing_reason, newest.status) == (
        renewed.latest_invoice,
        "subscription_cycle",
        "paid",
    )
    assert newest.created == first_end
    assert [entry["amount"] for entry in await world.ledger()] == [59900, 59900]
    assert len({entry["idempotency_key"] for entry in await world.ledger()}) == 2


async def test_a_year_in_one_step_charges_every_month_once(world: World) -> None:
    subscription = await world.subscribe()
    await world.advance(int(datetime(2027, 1, 1, 2, tzinfo=UTC).timestamp()))
    assert await world.advance(int(datetime(2027, 1, 1, 2, tzinfo=UTC).timestamp())) == []
    paid = (await world.stripe.v1.invoices.list_async({"limit": 100})).data
    assert [invoice.status for invoice in paid] == ["paid"] * 13
    assert len(await world.ledger()) == 13
    assert (await reload(world, subscription)).status == "active"


async def test_the_timer_does_what_is_due_when_nobody_asks(tmp_path: Path, receiver: Receiver) -> None:
    async with running_world(tmp_path, receiver, timer_seconds=0.05) as world:
        await world.subscribe()
        world.clock.advance(timedelta(days=31, hours=2))
        await eventually(lambda: ledger_has(world, 2), timeout=10)


async def ledger_has(world: World, count: int) -> bool:
    return len(await world.ledger()) == count


async def test_a_trial_costs_nothing_warns_and_then_charges(world: World) -> None:
    subscription = await world.subscribe(subscription_data={"trial_period_days": 14})
    assert subscription.status == "trialing"
    assert subscription.trial_end == period_end(subscription)
    assert await world.ledger() == []
    assert (await invoices(world, subscription))[0].amount_paid == 0
    assert await world.advance(subscription.trial_end - 3 * DAY) == ["trial will end"]
    assert await world.advance(subscription.trial_end + HOUR) == [
        "subscription renewed",
        "invoice finalized, now paid",
    ]
    assert (await reload(world, subscription)).status == "active"
    assert [entry["amount"] for entry in await world.ledger()] == [59900]
    assert "customer.subscription.trial_will_end" in await world.event_types()


async def test_a_subscription_canceled_at_its_period_end_runs_until_then(world: World) -> None:
    subscription = await world.subscribe()
    changed = await update(world, subscription, cancel_at_period_end=True)
    assert (changed.status, changed.cancel_at) == ("active", period_end(subscription))
    assert await world.advance(period_end(subscription)) == ["subscription canceled as asked"]
    ended = await reload(world, subscription)
    assert (ended.status, ended.ended_at) == ("canceled", period_end(subscription))
    assert (await world.event_types())[-1] == "customer.subscription.deleted"
    assert await world.advance(period_end(subscription) + 90 * DAY) == []
    assert len(await world.ledger()) == 1
    assert (await world.stripe.v1.subscriptions.list_async()).data == []
    assert len((await world.stripe.v1.subscriptions.list_async({"status": "all"})).data) == 1


async def test_a_cancellation_can_be_taken_back(world: World) -> None:
    subscription = await world.subscribe()
    await update(world, subscription, cancel_at_period_end=True)
    resumed = await update(world, subscription, cancel_at_period_end=False)
    assert (resumed.cancel_at, resumed.canceled_at, resumed.cancel_at_period_end) == (None, None, False)
    assert await world.advance(period_end(subscription)) == ["subscription renewed"]


async def test_a_subscription_can_be_canceled_at_once(world: World) -> None:
    subscription = await world.subscribe()
    canceled = await world.stripe.v1.subscriptions.cancel_async(
        subscription.id, {"cancellation_details": {"feedback": "too_expensive"}}
    )
    assert canceled.status == "canceled"
    assert canceled.cancellation_details is not None
    assert canceled.cancellation_details.feedback == "too_expensive"
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        await world.stripe.v1.subscriptions.cancel_async(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription can only"):
        await update(world, subscription, cancel_at_period_end=True)


async def test_unpaid_renewals_are_retried_after_1_3_and_5_days_and_then_end_it(world: World) -> None:
    subscription = await world.subscribe(LATER)
    failed_at = period_end(subscription) + HOUR
    await world.advance(failed_at)
    assert (await reload(world, subscription)).status == "past_due"
    attempts = []
    for _ in range(3):
        open_invoice = (await invoices(world, subscription))[0]
        assert open_invoice.status == "open"
        assert open_invoice.next_payment_attempt is not None
        attempts.append(open_invoice.next_payment_attempt)
        await world.advance(open_invoice.next_payment_attempt)
    assert attempts == [failed_at + DAY, failed_at + 4 * DAY, failed_at + 9 * DAY]
    ended = await reload(world, subscription)
    assert ended.status == "canceled"
    assert ended.cancellation_details is not None
    assert ended.cancellation_details.reason == "payment_failed"
    assert len(await world.ledger("failed")) == 4
    assert (await world.event_types()).count("invoice.payment_failed") == 4
    assert await world.advance(failed_at + 90 * DAY) == []


async def test_the_account_may_leave_it_unpaid_instead(tmp_path: Path, receiver: Receiver) -> None:
    async with running_world(tmp_path, receiver, after_last_retry="unpaid") as world:
        subscription = await world.subscribe(LATER)
        await world.advance(period_end(subscription) + HOUR + 10 * DAY)
        assert (await reload(world, subscription)).status == "unpaid"


async def test_a_better_card_pays_the_open_invoice_and_revives_the_subscription(world: World) -> None:
    subscription = await world.subscribe(LATER)
    await world.advance(period_end(subscription) + HOUR)
    invoice = (await invoices(world, subscription))[0]
    with pytest.raises(stripe.CardError, match="declined") as caught:
        await world.stripe.v1.invoices.pay_async(str(invoice.id))
    assert caught.value.code == "card_declined"
    assert len(await world.ledger("failed")) == 2
    method = await world.stripe.v1.payment_methods.attach_async(
        "pm_card_visa", {"customer": str(subscription.customer)}
    )
    await update(world, subscription, default_payment_method=method.id)
    assert await world.advance(int(invoice.next_payment_attempt or 0)) == ["payment retried, invoice now paid"]
    assert (await reload(world, subscription)).status == "active"
    assert len(await world.ledger()) == 2
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        await world.stripe.v1.invoices.pay_async(str(invoice.id))


async def test_a_change_of_price_is_prorated_on_the_next_invoice(world: World) -> None:
    start = int(world.clock.now().timestamp())
    subscription = await world.subscribe(price=await world.price(amount=31000))
    await world.advance(start + 10 * DAY)
    item = subscription["items"]["data"][0]
    dearer = await world.price(amount=62000)
    changed = await update(
        world,
        subscription,
        items=[{"id": item["id"], "price": dearer.id}],
        proration_behavior="create_prorations",
    )
    assert changed["items"]["data"][0]["price"]["id"] == dearer.id
    pending = await world.stripe.v1.invoice_items.list_async({"pending": True})
    assert sorted(one.amount for one in pending.data) == [-21000, 42000]
    await world.advance(period_end(subscription) + HOUR)
    invoice = (await invoices(world, subscription))[0]
    assert invoice.amount_paid == 62000 + 21000
    assert [line.amount for line in invoice.lines.data] == [-21000, 42000, 62000]
    assert (await world.stripe.v1.invoice_items.list_async({"pending": True})).data == []


async def test_a_change_without_proration_costs_nothing_until_renewal(world: World) -> None:
    subscription = await world.subscribe()
    item = subscription["items"]["data"][0]
    cheaper = await world.price(amount=29900)
    await update(world, subscription, items=[{"id": item["id"], "price": cheaper.id}], proration_behavior="none")
    await world.advance(period_end(subscription) + HOUR)
    assert [entry["amount"] for entry in await world.ledger()] == [59900, 29900]


async def test_a_change_billed_at_once_is_paid_at_once(world: World) -> None:
    subscription = await world.subscribe(price=await world.price(amount=31000))
    item = subscription["items"]["data"][0]
    dearer = await world.price(amount=62000)
    changed = await update(
        world,
        subscription,
        items=[{"id": item["id"], "price": dearer.id}],
        proration_behavior="always_invoice",
    )
    assert [entry["amount"] for entry in await world.ledger()] == [31000, 31000]
    newest = (await invoices(world, subscription))[0]
    assert (newest.id, newest.billing_reason) == (changed.latest_invoice, "subscription_update")


async def test_a_refused_change_leaves_the_subscription_as_it_was(world: World) -> None:
    subscription = await world.subscribe(LATER)
    item = subscription["items"]["data"][0]
    dearer = await world.price(amount=99900)
    with pytest.raises(stripe.CardError):
        await update(
            world,
            subscription,
            items=[{"id": item["id"], "price": dearer.id}],
            proration_behavior="always_invoice",
            payment_behavior="error_if_incomplete",
        )
    unchanged = await reload(world, subscription)
    assert unchanged["items"]["data"][0]["price"]["unit_amount"] == 59900
    assert len(await invoices(world, subscription)) == 1


async def test_a_yearly_price_starts_its_own_period_and_uses_the_credit(world: World) -> None:
    subscription = await world.subscribe(price=await world.price(amount=31000))
    item = subscription["items"]["data"][0]
    yearly = await world.price(amount=300000, interval="year")
    changed = await update(world, subscription, items=[{"id": item["id"], "price": yearly.id}])
    assert datetime.fromtimestamp(period_end(changed), UTC) == datetime(2027, 1, 1, tzinfo=UTC)
    assert [entry["amount"] for entry in await world.ledger()] == [31000, 269000]


async def test_a_credit_larger_than_the_invoice_is_kept_for_the_next_one(world: World) -> None:
    subscription = await world.subscribe(price=await world.price(amount=90000))
    item = subscription["items"]["data"][0]
    cheaper = await world.price(amount=10000)
    await update(
        world,
        subscription,
        items=[{"id": item["id"], "price": cheaper.id}],
        proration_behavior="always_invoice",
    )
    customer = await world.stripe.v1.customers.retrieve_async(str(subscription.customer))
    assert customer.balance == -80000
    await world.advance(period_end(subscription) + HOUR)
    assert [entry["amount"] for entry in await world.ledger()] == [90000]
    customer = await world.stripe.v1.customers.retrieve_async(str(subscription.customer))
    assert customer.balance == -70000


async def test_nothing_is_lost_or_charged_twice_over_a_restart(tmp_path: Path) -> None:
    async with running_receiver() as receiver:
        async with running_world(tmp_path, receiver) as world:
            subscription = await world.subscribe()
            clock = world.clock
        async with running_world(tmp_path, receiver, clock=clock) as world:
            assert (await reload(world, subscription)).status == "active"
            await world.advance(period_end(subscription) + HOUR)
            assert len(await world.ledger()) == 2


async def test_the_ledger_cannot_be_rewritten_nor_pay_an_invoice_twice(world: World) -> None:
    await world.subscribe()
    connection = sqlite3.connect(world.settings.database)
    try:
        for statement in (
            "UPDATE ledger SET amount = 1",
            "DELETE FROM ledger",
            "INSERT INTO ledger (at, charge, payment_intent, invoice, amount, currency, status, idempotency_key)"
            " SELECT at, 'ch_x', payment_intent, invoice, amount, currency, status, 'other' FROM ledger",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    finally:
        connection.close()


async def test_invoices_have_a_page_and_a_pdf(world: World) -> None:
    subscription = await world.subscribe()
    invoice = (await invoices(world, subscription))[0]
    page = await world.http.get(str(invoice.hosted_invoice_url))
    assert "USD 599.00" in page.text
    assert str(invoice.number) in page.text
    pdf = await world.http.get(str(invoice.invoice_pdf))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert b"Total USD 599.00" in pdf.content
