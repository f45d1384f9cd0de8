"""Identifiers with Stripe's prefixes and Stripe's alphabet."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "event": "evt",
    "invoice": "in",
    "invoice_payment": "inpay",
    "invoiceitem": "ii",
    "item": "li",
    "line_item": "il",
    "payment_intent": "pi",
    "payment_method": "pm",
    "price": "price",
    "product": "prod",
    "request": "req",
    "subscription": "sub",
    "subscription_item": "si",
    "webhook_endpoint": "we",
}
_LENGTHS = {"customer": 14, "product": 14, "request": 14, "subscription_item": 14, "checkout.session": 58}


def new_stripe_id(kind: str) -> str:
    """A fresh id such as `sub_Ab3…` for an object of `kind`."""
    return f"{PREFIXES[kind]}_{random_text(_LENGTHS.get(kind, 24))}"


def random_text(length: int) -> str:
    """Unguessable letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
