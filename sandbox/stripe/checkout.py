"""Checkout sessions over the API (https://docs.stripe.com/api/checkout/sessions)."""

from sandbox.stripe.calendar import DAY, HOUR
from sandbox.stripe.call import Call
from sandbox.stripe.catalogue import require_recurring
from sandbox.stripe.customers import live_customer
from sandbox.stripe.errors import InvalidRequest, Unsupported
from sandbox.stripe.ids import new_stripe_id
from sandbox.stripe.listing import list_inline, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.schedule import TRIAL_NOTICE
from sandbox.stripe.subscriptions import Order, Ordered
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_SHORTEST, _LONGEST = HOUR // 2, DAY
_MAXIMUM_TRIAL_DAYS = 730
_LOCALES = ("auto", "en", "en-GB", "de", "fr", "es", "it", "nl")


def create_session(call: Call) -> StripeObject:
    tx, params = call.tx, call.params
    if params.required("mode") != "subscription":
        raise Unsupported("Checkout sessions in another mode than subscription", param="mode")
    params.choice("ui_mode", "hosted_page", "hosted")
    ordered = _ordered(tx, params)
    customer = _customer(call)
    data = params.child("subscription_data")
    session = tx.new("checkout.session", **_members())
    total = sum(one.price["unit_amount"] * one.quantity for one in ordered)
    trial = _trial(tx, data)
    session |= {
        "amount_subtotal": 0 if trial else total,
        "amount_total": 0 if trial else total,
        "cancel_url": params.url("cancel_url"),
        "client_reference_id": params.text("client_reference_id", max_length=200),
        "currency": ordered[0].price["currency"],
        "customer": customer["id"] if customer else None,
        "customer_email": params.text("customer_email", max_length=800) or None,
        "expires_at": _expiry(tx, params),
        "locale": params.choice("locale", *_LOCALES),
        "metadata": params.metadata(),
        "payment_method_types": _payment_method_types(params),
        "success_url": _success_url(params),
        "url": f"{tx.base_url}/c/pay/{session['id']}",
        "_line_items": [_line_item(tx, one, free=bool(trial)) for one in ordered],
        "_order": {
            "items": [{"price": one.price["id"], "quantity": one.quantity} for one in ordered],
            "metadata": data.metadata(),
            "description": data.text("description", max_length=500),
            **trial,
        },
        "_payment_intent": None,
    }
    if customer and session["customer_email"]:
        raise InvalidRequest("You may only specify one of these parameters: customer, customer_email.")
    return tx.put(session)


def retrieve_session(call: Call) -> StripeObject:
    return call.tx.get("checkout.session", call.ids[0])


def list_sessions(call: Call) -> StripeObject:
    filters = {name: name for name in ("customer", "payment_intent", "status", "subscription")}
    return list_objects(call, "checkout.session", url="/v1/checkout/sessions", filters=filters)


def list_line_items(call: Call) -> StripeObject:
    session = call.tx.get("checkout.session", call.ids[0])
    return list_inline(call, session["_line_items"], url=f"/v1/checkout/sessions/{session['id']}/line_items")


def expire(call: Call) -> StripeObject:
    session = call.tx.get("checkout.session", call.ids[0])
    if session["status"] != "open":
        raise InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of {session['status']}."
        )
    expire_session(call.tx, session)
    return session


def expire_session(tx: Transaction, session: StripeObject) -> None:
    session |= {"status": "expired", "url": None}
    tx.put(session)
    tx.emit("checkout.session.expired", session)


def order_of(tx: Transaction, session: StripeObject) -> Order:
    """What the session sells; a trial of so many days starts now."""
    order = session["_order"]
    days = order.get("trial_days")
    return Order(
        items=tuple(
            Ordered(price=tx.get("price", item["price"]), quantity=item["quantity"]) for item in order["items"]
        ),
        metadata=order["metadata"],
        description=order["description"],
        trial_end=tx.now + days * DAY if days else order.get("trial_end"),
    )


def _ordered(tx: Transaction, params: Params) -> list[Ordered]:
    ordered = [_one_ordered(tx, item) for item in params.children("line_items")]
    if not ordered:
        raise InvalidRequest("Missing required param: line_items.", code="parameter_missing", param="line_items")
    kinds = {
        (one.price["currency"], one.price["recurring"]["interval"], one.price["recurring"]["interval_count"])
        for one in ordered
    }
    if len(kinds) > 1:
        raise InvalidRequest(
            "All prices of a Checkout Session must have the same currency and interval.", param="line_items"
        )
    return ordered


def _one_ordered(tx: Transaction, item: Params) -> Ordered:
    price = tx.get("price", item.required("price"), param=item.label("price"))
    require_recurring(price, param=item.label("price"))
    return Ordered(price=price, quantity=item.integer("quantity", minimum=1, maximum=10**6) or 1)


def _customer(call: Call) -> StripeObject | None:
    customer_id = call.params.text("customer")
    return live_customer(call.tx, customer_id, param="customer") if customer_id else None


def _payment_method_types(params: Params) -> list[str]:
    types = params.texts("payment_method_types")
    if set(types) - {"card"}:
        raise Unsupported("other payment methods than card", param="payment_method_types")
    params.choice("payment_method_collection", "always")
    params.choice("billing_address_collection", "auto")
    params.choice("allow_promotion_codes", "false")
    params.child("automatic_tax").choice("enabled", "false")
    return ["card"]


def _success_url(params: Params) -> str:
    params.required("success_url")
    return params.url("success_url") or ""


def _expiry(tx: Transaction, params: Params) -> int:
    moment = params.integer("expires_at")
    if moment is not None and not tx.now + _SHORTEST <= moment <= tx.now + _LONGEST:
        raise InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return moment or tx.now + _LONGEST


def _trial(tx: Transaction, data: Params) -> dict[str, int]:
    days = data.integer("trial_period_days", minimum=1, maximum=_MAXIMUM_TRIAL_DAYS)
    end = data.integer("trial_end")
    if days and end:
        raise InvalidRequest("You may only specify one of these parameters: trial_end, trial_period_days.")
    if end and end < tx.now + TRIAL_NOTICE - DAY:
        raise InvalidRequest(
            "The `trial_end` date has to be at least 2 days in the future.", param=data.label("trial_end")
        )
    if days:
        return {"trial_days": days}
    return {"trial_end": end} if end else {}


def _line_item(tx: Transaction, ordered: Ordered, *, free: bool) -> StripeObject:
    total = 0 if free else ordered.price["unit_amount"] * ordered.quantity
    return {
        "id": new_stripe_id("item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": ordered.price["currency"],
        "description": tx.get("product", ordered.price["product"])["name"],
        "metadata": {},
        "price": ordered.price,
        "quantity": ordered.quantity,
    }


def _members() -> StripeObject:
    return {
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "branding_settings": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_account": None,
        "customer_creation": "always",
        "customer_details": None,
        "discounts": [],
        "invoice": None,
        "invoice_creation": None,
        "mode": "subscription",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "wallet_options": None,
    }
