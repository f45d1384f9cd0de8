"""How an invoice and its lines look in the pinned API version."""

from dataclasses import dataclass
from typing import Any

from sandbox.stripe.ids import new_stripe_id
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line to be billed; `item` is the subscription item that it is for, `invoice_item` what was pending."""

    amount: int
    currency: str
    description: str
    period: tuple[int, int]
    quantity: int = 1
    price: StripeObject | None = None
    item: str | None = None
    invoice_item: str | None = None
    proration: bool = False


def new_invoice_members(tx: Transaction, customer: StripeObject, subscription: StripeObject) -> StripeObject:
    """A draft without its amounts and lines."""
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    return {
        "account_country": "US",
        "account_name": "Stripe sandbox",
        "account_tax_ids": None,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "collection_method": "charge_automatically",
        "currency": subscription["currency"],
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "statement_descriptor": None,
        "status": "draft",
        "status_details": None,
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "test_clock": None,
        "threshold_reason": None,
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": tx.now,
    }


def render_line(invoice_id: str, subscription: StripeObject, line: Line) -> StripeObject:
    """The `line_item` that an invoice shows for `line`."""
    details: dict[str, Any] = {
        "invoice_item": line.invoice_item,
        "proration": line.proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
    }
    kind = "invoice_item_details" if line.item is None else "subscription_item_details"
    other = "subscription_item_details" if line.item is None else "invoice_item_details"
    if line.item is not None:
        details["subscription_item"] = line.item
    return {
        "id": new_stripe_id("line_item"),
        "object": "line_item",
        "amount": line.amount,
        "currency": line.currency,
        "description": line.description,
        "discount_amounts": [],
        "discountable": not line.proration,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {kind: details, other: None, "type": kind},
        "period": {"start": line.period[0], "end": line.period[1]},
        "pretax_credit_amounts": [],
        "pricing": _pricing(line),
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "subscription": subscription["id"],
        "subtotal": line.amount,
        "taxes": [],
    }


def _pricing(line: Line) -> StripeObject | None:
    if line.price is None:
        return None
    return {
        "price_details": {"price": line.price["id"], "product": line.price["product"]},
        "type": "price_details",
        "unit_amount_decimal": line.price["unit_amount_decimal"],
    }
