"""Customers (https://docs.stripe.com/api/customers)."""

from sandbox.stripe.call import Call
from sandbox.stripe.catalogue import save_change
from sandbox.stripe.errors import InvalidRequest
from sandbox.stripe.ids import random_text
from sandbox.stripe.listing import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.subscriptions import end_subscription
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_TEXTS = ("description", "email", "name", "phone", "business_name", "individual_name")


def make_customer(tx: Transaction, *, email: str | None = None, name: str | None = None) -> StripeObject:
    """Stores a customer and announces it."""
    customer = _blank(tx) | {"email": email, "name": name}
    tx.put(customer)
    tx.emit("customer.created", customer)
    return customer


def create_customer(call: Call) -> StripeObject:
    customer = _blank(call.tx)
    _apply(call.params, customer)
    call.tx.put(customer)
    call.tx.emit("customer.created", customer)
    return customer


def update_customer(call: Call) -> StripeObject:
    customer = live_customer(call.tx, call.ids[0])
    before = dict(customer)
    _apply(call.params, customer)
    settings = call.params.child("invoice_settings")
    if (method_id := settings.text("default_payment_method")) is not None:
        customer["invoice_settings"] = customer["invoice_settings"] | {
            "default_payment_method": _own_method(call.tx, customer, method_id) if method_id else None
        }
    return save_change(call.tx, "customer.updated", customer, before)


def retrieve_customer(call: Call) -> StripeObject:
    return call.tx.get("customer", call.ids[0])


def list_customers(call: Call) -> StripeObject:
    where = [("json_extract(body, '$.deleted') IS NULL", ())]
    return list_objects(call, "customer", url="/v1/customers", filters={"email": "email"}, where=[*where])


def delete_customer(call: Call) -> StripeObject:
    """Ends the customer's subscriptions; only the id stays."""
    customer = live_customer(call.tx, call.ids[0])
    for subscription in call.tx.select("subscription", customer=customer["id"]):
        if subscription["status"] != "canceled":
            end_subscription(call.tx, subscription, reason="cancellation_requested")
    call.tx.emit("customer.deleted", customer)
    call.tx.put({"id": customer["id"], "object": "customer", "created": customer["created"], "deleted": True})
    return {"id": customer["id"], "object": "customer", "deleted": True}


def live_customer(tx: Transaction, customer_id: str, *, param: str | None = None) -> StripeObject:
    """The customer; raises where there is none or it was deleted."""
    customer = tx.get("customer", customer_id, param=param)
    if customer.get("deleted"):
        raise InvalidRequest(f"No such customer: '{customer_id}'", code="resource_missing", param=param or "id")
    return customer


def _blank(tx: Transaction) -> StripeObject:
    return tx.new(
        "customer",
        address=None,
        balance=0,
        business_name=None,
        currency=None,
        customer_account=None,
        default_source=None,
        delinquent=False,
        description=None,
        discount=None,
        email=None,
        individual_name=None,
        invoice_prefix=random_text(8).upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata={},
        name=None,
        next_invoice_sequence=1,
        phone=None,
        preferred_locales=[],
        shipping=None,
        tax_exempt="none",
        test_clock=None,
    )


def _apply(params: Params, customer: StripeObject) -> None:
    for name in _TEXTS:
        if (text := params.text(name, max_length=512)) is not None:
            customer[name] = text or None
    if customer["email"] and "@" not in customer["email"]:
        raise InvalidRequest(f"Invalid email address: {customer['email']}", code="email_invalid", param="email")
    if "address" in params:
        address = params.child("address")
        customer["address"] = {name: address.text(name) for name in _ADDRESS}
    if "preferred_locales" in params:
        customer["preferred_locales"] = params.texts("preferred_locales")
    if (exempt := params.choice("tax_exempt", "none", "exempt", "reverse")) is not None:
        customer["tax_exempt"] = exempt
    if (balance := params.integer("balance", minimum=-(10**11))) is not None:
        customer["balance"] = balance
    customer["metadata"] = params.metadata(customer["metadata"])


def _own_method(tx: Transaction, customer: StripeObject, method_id: str) -> str:
    param = "invoice_settings[default_payment_method]"
    method = tx.get("payment_method", method_id, param=param)
    if method["customer"] != customer["id"]:
        raise InvalidRequest(
            f"The customer does not have a payment method with the ID {method_id}."
            " The payment method must be attached to the customer.",
            code="resource_missing",
            param=param,
        )
    return method_id
