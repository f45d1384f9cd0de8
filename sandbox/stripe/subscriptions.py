"""What a subscription is and how it starts, renews and ends (https://docs.stripe.com/billing/subscriptions/overview)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.stripe.calendar import next_boundary
from sandbox.stripe.catalogue import plan_of
from sandbox.stripe.invoice_shape import Line
from sandbox.stripe.invoices import draft_invoice, stop_collecting
from sandbox.stripe.money import format_money
from sandbox.stripe.pending_items import mark_invoiced, take_pending_lines
from sandbox.stripe.schedule import period_end
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject, list_object


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A price and how many of it."""

    price: StripeObject
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a new subscription is to be; `trial_end` in Unix seconds."""

    items: tuple[Ordered, ...]
    metadata: Mapping[str, str]
    description: str | None = None
    trial_end: int | None = None


def start_subscription(
    tx: Transaction, customer: StripeObject, method: StripeObject, order: Order
) -> tuple[StripeObject, StripeObject]:
    """The active or trialing subscription, stored and announced, and the draft of its first invoice."""
    recurring = order.items[0].price["recurring"]
    anchor = order.trial_end or tx.now
    end = order.trial_end or next_boundary(
        tx.now, after=tx.now, interval=recurring["interval"], count=recurring["interval_count"]
    )
    subscription = tx.new("subscription", **_members(tx, customer, method, order, anchor=anchor))
    items = [_item(tx, subscription["id"], ordered, (tx.now, end)) for ordered in order.items]
    subscription["items"] = list_object(f"/v1/subscription_items?subscription={subscription['id']}", items)
    subscription["items"]["total_count"] = len(items)
    lines = [cycle_line(tx, item, free=order.trial_end is not None) for item in items]
    invoice = draft_invoice(tx, customer, subscription, reason="subscription_create", lines=lines)
    subscription["latest_invoice"] = invoice["id"]
    tx.put(subscription)
    tx.emit("customer.subscription.created", subscription)
    return subscription, invoice


def renew_subscription(tx: Transaction, subscription: StripeObject) -> None:
    """Enters the next period and drafts its invoice; a trial that ends becomes active."""
    before = dict(subscription)
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    start = period_end(subscription)
    end = next_boundary(
        subscription["billing_cycle_anchor"],
        after=start,
        interval=recurring["interval"],
        count=recurring["interval_count"],
    )
    set_period(subscription, start, end)
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    invoice_period(tx, subscription, reason="subscription_cycle", auto_advance=subscription["status"] != "unpaid")
    announce_change(tx, subscription, before)


def invoice_period(
    tx: Transaction, subscription: StripeObject, *, reason: str, auto_advance: bool = True
) -> StripeObject:
    """Drafts the invoice of the current period with everything that waited for it."""
    pending, items = take_pending_lines(tx, subscription)
    lines = pending + [cycle_line(tx, item) for item in subscription["items"]["data"]]
    return _invoice(tx, subscription, lines, items, reason=reason, auto_advance=auto_advance)


def invoice_pending(tx: Transaction, subscription: StripeObject) -> StripeObject | None:
    """Drafts an invoice of what waits, without the period; None where nothing does."""
    lines, items = take_pending_lines(tx, subscription)
    return _invoice(tx, subscription, lines, items, reason="subscription_update") if lines else None


def end_subscription(tx: Transaction, subscription: StripeObject, *, reason: str) -> None:
    """Cancels for good; open invoices stay open but are not collected any more."""
    subscription |= {
        "canceled_at": subscription["canceled_at"] or tx.now,
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
        "ended_at": tx.now,
        "status": "canceled",
    }
    tx.put(subscription)
    tx.emit("customer.subscription.deleted", subscription)
    for invoice in tx.select("invoice", customer=subscription["customer"]):
        theirs = invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
        if theirs and invoice["status"] in {"draft", "open"}:
            stop_collecting(tx, invoice)


def set_status(tx: Transaction, subscription: StripeObject, status: str) -> None:
    before = dict(subscription)
    subscription["status"] = status
    announce_change(tx, subscription, before)


def announce_change(tx: Transaction, subscription: StripeObject, before: StripeObject) -> None:
    """Stores and announces the subscription with the old values of what changed."""
    previous = {name: value for name, value in before.items() if subscription.get(name) != value}
    tx.put(subscription)
    if any(not name.startswith("_") for name in previous):
        tx.emit("customer.subscription.updated", subscription, previous=previous)


def set_period(subscription: StripeObject, start: int, end: int) -> None:
    items = subscription["items"]
    moved = [item | {"current_period_start": start, "current_period_end": end} for item in items["data"]]
    subscription["items"] = items | {"data": moved}


def cycle_line(tx: Transaction, item: StripeObject, *, free: bool = False) -> Line:
    """The invoice line of an item's current period; a trial's is free."""
    price = item["price"]
    name = tx.get("product", price["product"])["name"]
    amount = format_money(price["unit_amount"], price["currency"])
    description = f"{item['quantity']} × {name} (at {amount} / {price['recurring']['interval']})"
    return Line(
        amount=0 if free else price["unit_amount"] * item["quantity"],
        currency=price["currency"],
        description=f"Free trial for {description}" if free else description,
        item=item["id"],
        period=(item["current_period_start"], item["current_period_end"]),
        price=price,
        quantity=item["quantity"],
    )


def _invoice(
    tx: Transaction,
    subscription: StripeObject,
    lines: list[Line],
    items: list[StripeObject],
    *,
    reason: str,
    auto_advance: bool = True,
) -> StripeObject:
    customer = tx.get("customer", subscription["customer"])
    invoice = draft_invoice(tx, customer, subscription, reason=reason, lines=lines, auto_advance=auto_advance)
    mark_invoiced(tx, items, invoice)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def _item(tx: Transaction, subscription_id: str, ordered: Ordered, period: tuple[int, int]) -> StripeObject:
    item = tx.new(
        "subscription_item",
        billed_until=None,
        billing_thresholds=None,
        current_period_end=period[1],
        current_period_start=period[0],
        current_trial=None,
        discounts=[],
        metadata={},
        plan=plan_of(ordered.price),
        price=ordered.price,
        quantity=ordered.quantity,
        subscription=subscription_id,
        tax_rates=[],
    )
    del item["livemode"]
    return item


def _members(
    tx: Transaction, customer: StripeObject, method: StripeObject, order: Order, *, anchor: int
) -> StripeObject:
    trial = order.trial_end is not None
    return {
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "currency": order.items[0].price["currency"],
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": method["id"],
        "default_source": None,
        "default_tax_rates": [],
        "description": order.description,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "latest_invoice": None,
        "metadata": dict(order.metadata),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": tx.now,
        "status": "trialing" if trial else "active",
        "status_details": None,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": order.trial_end,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": tx.now if trial else None,
        "_trial_notice_sent": False,
    }
