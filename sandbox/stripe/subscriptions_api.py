"""Subscriptions over the API: read, change, cancel (https://docs.stripe.com/api/subscriptions)."""

from collections.abc import Iterable

from sandbox.stripe.calendar import next_boundary
from sandbox.stripe.call import Call
from sandbox.stripe.cards import Refusal
from sandbox.stripe.catalogue import plan_of, require_recurring
from sandbox.stripe.dunning import RETRY_AFTER, pay_now
from sandbox.stripe.errors import CardError, InvalidRequest, Unsupported
from sandbox.stripe.invoices import finalize_invoice
from sandbox.stripe.listing import Conditions, list_inline, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.prorations import prorate
from sandbox.stripe.schedule import period_end
from sandbox.stripe.subscriptions import (
    announce_change,
    end_subscription,
    invoice_pending,
    invoice_period,
    set_period,
    set_status,
)
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)


def retrieve_subscription(call: Call) -> StripeObject:
    return call.tx.get("subscription", call.ids[0])


def list_subscriptions(call: Call) -> StripeObject:
    """Without `status`, all that are not canceled."""
    where: Conditions = []
    status = call.params.text("status")
    if status is None:
        where.append(("json_extract(body, '$.status') <> 'canceled'", ()))
    elif status == "ended":
        where.append(("json_extract(body, '$.status') IN ('canceled', 'incomplete_expired')", ()))
    elif status != "all":
        where.append(("json_extract(body, '$.status') = ?", (status,)))
    if price := call.params.text("price"):
        where.append(("json_extract(body, '$.items.data[0].price.id') = ?", (price,)))
    return list_objects(call, "subscription", url="/v1/subscriptions", filters={"customer": "customer"}, where=where)


def list_items(call: Call) -> StripeObject:
    subscription = call.tx.get("subscription", call.params.required("subscription"), param="subscription")
    return list_inline(call, subscription["items"]["data"], url="/v1/subscription_items")


def update_subscription(call: Call) -> StripeObject:
    tx, params = call.tx, call.params
    subscription = tx.get("subscription", call.ids[0])
    before = dict(subscription)
    subscription["metadata"] = params.metadata(subscription["metadata"])
    _cancellation_details(params.child("cancellation_details"), subscription)
    if subscription["status"] == "canceled":
        _refuse_change_of_canceled(params)
    _texts_and_method(tx, params, subscription)
    _cancel_later(tx, params, subscription)
    _end_trial(tx, params, subscription)
    invoice = _change_items(call, subscription)
    announce_change(tx, subscription, before)
    if invoice:
        _collect_at_once(call, subscription, invoice)
    return tx.get("subscription", subscription["id"])


def cancel_subscription(call: Call) -> StripeObject:
    tx, params = call.tx, call.params
    subscription = tx.get("subscription", call.ids[0])
    if subscription["status"] == "canceled":
        raise InvalidRequest(f"No such subscription: '{call.ids[0]}'", code="resource_missing", param="id", status=404)
    if params.boolean("invoice_now") or params.boolean("prorate"):
        raise Unsupported("invoice_now and prorate at cancellation", param="invoice_now")
    _cancellation_details(params.child("cancellation_details"), subscription)
    end_subscription(tx, subscription, reason="cancellation_requested")
    return subscription


def _refuse_change_of_canceled(params: Params) -> None:
    if params.names() - {"metadata", "cancellation_details", "expand"}:
        raise InvalidRequest("A canceled subscription can only update its cancellation_details and metadata.")


def _texts_and_method(tx: Transaction, params: Params, subscription: StripeObject) -> None:
    if (description := params.text("description", max_length=500)) is not None:
        subscription["description"] = description or None
    if method_id := params.text("default_payment_method"):
        method = tx.get("payment_method", method_id, param="default_payment_method")
        if method["customer"] != subscription["customer"]:
            raise InvalidRequest(
                "The customer does not have a payment method with this ID. Attach it to the customer first.",
                param="default_payment_method",
            )
        subscription["default_payment_method"] = method_id


def _cancel_later(tx: Transaction, params: Params, subscription: StripeObject) -> None:
    at_end = params.boolean("cancel_at_period_end")
    moment = params.integer("cancel_at") if params.raw("cancel_at") != "" else None
    if at_end and "cancel_at" in params:
        raise InvalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
    if at_end is None and "cancel_at" not in params:
        return
    if moment is not None and moment <= tx.now:
        raise InvalidRequest("cancel_at must be in the future.", param="cancel_at")
    ending = bool(at_end) or moment is not None
    subscription["cancel_at_period_end"] = bool(at_end)
    subscription["cancel_at"] = period_end(subscription) if at_end else moment
    subscription["canceled_at"] = tx.now if ending else None
    subscription["cancellation_details"] = subscription["cancellation_details"] | {
        "reason": "cancellation_requested" if ending else None
    }


def _cancellation_details(params: Params, subscription: StripeObject) -> None:
    sent = {"comment": params.text("comment"), "feedback": params.choice("feedback", "", *_FEEDBACK)}
    subscription["cancellation_details"] = subscription["cancellation_details"] | {
        name: value or None for name, value in sent.items() if value is not None
    }


def _end_trial(tx: Transaction, params: Params, subscription: StripeObject) -> None:
    if "trial_end" not in params:
        return
    moment = tx.now if params.raw("trial_end") == "now" else params.integer("trial_end")
    params.text("trial_end")
    if subscription["status"] != "trialing" or moment is None or moment < tx.now:
        raise Unsupported("trial_end other than a later moment, or now, of a running trial", param="trial_end")
    subscription |= {"trial_end": moment, "billing_cycle_anchor": moment, "_trial_notice_sent": False}
    set_period(subscription, subscription["trial_start"], moment)


def _change_items(call: Call, subscription: StripeObject) -> StripeObject | None:
    """Applies `items`; the invoice to be paid at once, if the change asks for one."""
    params, tx = call.params, call.tx
    behavior = params.choice("proration_behavior", "none", "create_prorations", "always_invoice")
    moment = params.integer("proration_date") or tx.now
    params.choice("billing_cycle_anchor", "unchanged")
    params.choice("payment_behavior", "allow_incomplete", "error_if_incomplete")
    changes = [_changed_item(tx, subscription, sent) for sent in params.children("items")]
    pairs = [(old, new) for old, new in changes if old != new]
    if not pairs:
        return None
    replaced = {new["id"]: new for _, new in pairs}
    data = [replaced.get(item["id"], item) for item in subscription["items"]["data"]]
    _same_interval_and_currency(data)
    if behavior != "none" and subscription["status"] != "trialing":
        prorate(tx, subscription, pairs, moment=moment)
    subscription["items"] = subscription["items"] | {"data": data}
    if _interval(pairs[0][0]) != _interval(data[0]) and subscription["status"] != "trialing":
        return _restart_period(tx, subscription)
    return invoice_pending(tx, subscription) if behavior == "always_invoice" else None


def _changed_item(tx: Transaction, subscription: StripeObject, sent: Params) -> tuple[StripeObject, StripeObject]:
    item_id = sent.required("id")
    old = next((item for item in subscription["items"]["data"] if item["id"] == item_id), None)
    if old is None:
        raise InvalidRequest(f"No such subscription item: '{item_id}'", code="resource_missing", param=sent.label("id"))
    new = dict(old)
    if price_id := sent.text("price"):
        price = tx.get("price", price_id, param=sent.label("price"))
        require_recurring(price, param=sent.label("price"))
        new |= {"price": price, "plan": plan_of(price)}
    if quantity := sent.integer("quantity", minimum=1, maximum=10**6):
        new["quantity"] = quantity
    new["metadata"] = sent.metadata(old["metadata"])
    return old, new


def _same_interval_and_currency(items: Iterable[StripeObject]) -> None:
    if len({(item["price"]["currency"], *_interval(item)) for item in items}) > 1:
        raise InvalidRequest("All prices of a subscription must have the same currency and interval.", param="items")


def _interval(item: StripeObject) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _restart_period(tx: Transaction, subscription: StripeObject) -> StripeObject:
    """Another interval starts a new period now and bills it at once."""
    interval, count = _interval(subscription["items"]["data"][0])
    subscription["billing_cycle_anchor"] = tx.now
    set_period(subscription, tx.now, next_boundary(tx.now, after=tx.now, interval=interval, count=count))
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = period_end(subscription)
    return invoice_period(tx, subscription, reason="subscription_update")


def _collect_at_once(call: Call, subscription: StripeObject, invoice: StripeObject) -> None:
    finalize_invoice(call.tx, invoice)
    invoice["next_payment_attempt"] = call.tx.now + RETRY_AFTER[0]
    refusal = pay_now(call.tx, invoice)
    if refusal is None:
        return
    if call.params.text("payment_behavior") == "error_if_incomplete":
        raise _RolledBack(refusal)
    set_status(call.tx, subscription, "past_due")


class _RolledBack(CardError):
    """The change was refused as a whole, because its payment failed."""

    keeps_changes = False

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message, code=refusal.code, extra={"decline_code": refusal.decline_code})
