"""Payment methods: cards only (https://docs.stripe.com/api/payment_methods)."""

import hashlib
from datetime import UTC, datetime

from sandbox.stripe.call import Call
from sandbox.stripe.cards import TEST_CARDS, TEST_METHODS, CardInput, read_card, refusal_of
from sandbox.stripe.customers import live_customer
from sandbox.stripe.errors import CardError, InvalidRequest
from sandbox.stripe.listing import list_objects
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_YEARS_VALID = 5


def make_payment_method(tx: Transaction, card: CardInput, *, email: str | None = None) -> StripeObject:
    """Stores a payment method that no customer has yet. Only test cards are ever kept."""
    known = TEST_CARDS[card.number]
    method = tx.new(
        "payment_method",
        allow_redisplay="unspecified",
        billing_details={"address": None, "email": email, "name": None, "phone": None, "tax_id": None},
        card={
            "brand": known.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "display_brand": known.brand,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [known.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        customer=None,
        customer_account=None,
        metadata={},
        type="card",
        _number=card.number,
    )
    return tx.put(method)


def attach_to(tx: Transaction, method: StripeObject, customer: StripeObject) -> StripeObject:
    """Gives `method` to `customer` and announces it; a second time it changes nothing."""
    if method["customer"] == customer["id"]:
        return method
    if method["customer"]:
        raise InvalidRequest("The payment method you provided has already been attached to a customer.")
    method["customer"] = customer["id"]
    tx.put(method)
    tx.emit("payment_method.attached", method)
    return method


def create_payment_method(call: Call) -> StripeObject:
    call.params.choice("type", "card")
    sent = call.params.child("card")
    metadata = call.params.metadata()
    fields = {name: sent.required(name) for name in ("number", "exp_month", "exp_year")}
    card, faults = read_card(
        {**fields, "card_number": fields["number"], "cvc": sent.text("cvc") or "123"},
        now=datetime.fromtimestamp(call.tx.now, UTC),
    )
    if card is None:
        name, message = next(iter(faults.items()))
        raise CardError(message, code=f"invalid_{name}", param=name)
    if card.number not in TEST_CARDS and (refusal := refusal_of(card.number, on_session=True)):
        raise CardError(refusal.message, code=refusal.code, extra={"decline_code": refusal.decline_code})
    method = make_payment_method(call.tx, card)
    method["metadata"] = metadata
    return call.tx.put(method)


def attach_payment_method(call: Call) -> StripeObject:
    customer = live_customer(call.tx, call.params.required("customer"), param="customer")
    method = _find_or_make(call.tx, call.ids[0])
    refusal = refusal_of(method["_number"], on_session=True)
    if refusal:
        raise CardError(refusal.message, code=refusal.code, extra={"decline_code": refusal.decline_code})
    return attach_to(call.tx, method, customer)


def detach_payment_method(call: Call) -> StripeObject:
    method = call.tx.get("payment_method", call.ids[0])
    if not method["customer"]:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    before = {"customer": method["customer"]}
    method["customer"] = None
    call.tx.put(method)
    call.tx.emit("payment_method.detached", method, previous=before)
    return method


def retrieve_payment_method(call: Call) -> StripeObject:
    return call.tx.get("payment_method", call.ids[0])


def retrieve_of_customer(call: Call) -> StripeObject:
    live_customer(call.tx, call.ids[0])
    method = call.tx.get("payment_method", call.ids[1])
    if method["customer"] != call.ids[0]:
        raise InvalidRequest(f"No such payment_method: '{call.ids[1]}'", code="resource_missing", status=404)
    return method


def list_payment_methods(call: Call) -> StripeObject:
    filters = {"customer": "customer", "type": "type"}
    return list_objects(call, "payment_method", url="/v1/payment_methods", filters=filters)


def list_of_customer(call: Call) -> StripeObject:
    customer = live_customer(call.tx, call.ids[0])
    return list_objects(
        call,
        "payment_method",
        url=f"/v1/customers/{customer['id']}/payment_methods",
        filters={"type": "type"},
        where=[("json_extract(body, '$.customer') = ?", (customer["id"],))],
    )


def _find_or_make(tx: Transaction, method_id: str) -> StripeObject:
    number = TEST_METHODS.get(method_id)
    if number is None:
        return tx.get("payment_method", method_id)
    year = datetime.fromtimestamp(tx.now, UTC).year + _YEARS_VALID
    return make_payment_method(tx, CardInput(number=number, exp_month=12, exp_year=year))
