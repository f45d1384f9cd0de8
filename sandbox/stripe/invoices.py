"""The life of an invoice: draft, open, paid (https://docs.stripe.com/invoicing/integration/workflow-transitions)."""

from dataclasses import dataclass
from typing import Any

from sandbox.stripe.calendar import HOUR
from sandbox.stripe.cards import Refusal
from sandbox.stripe.catalogue import save_change
from sandbox.stripe.ids import new_stripe_id
from sandbox.stripe.payments import Payment, open_intent, take_payment
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject, list_object


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


def draft_invoice(
    tx: Transaction,
    customer: StripeObject,
    subscription: StripeObject,
    *,
    reason: str,
    lines: list[Line],
    auto_advance: bool = True,
) -> StripeObject:
    """Stores a draft that finalizes by itself an hour later, and announces it."""
    invoice = tx.new("invoice", **_members(tx, customer, subscription))
    rendered = [_line(invoice["id"], subscription, line) for line in lines]
    total = sum(line.amount for line in lines)
    due = max(total + customer["balance"], 0)
    invoice |= {
        "amount_due": due,
        "amount_remaining": due,
        "auto_advance": auto_advance,
        "automatically_finalizes_at": tx.now + HOUR if auto_advance else None,
        "billing_reason": reason,
        "lines": list_object(f"/v1/invoices/{invoice['id']}/lines", rendered),
        "period_end": max((line.period[1] for line in lines), default=tx.now),
        "period_start": min((line.period[0] for line in lines), default=tx.now),
        "starting_balance": customer["balance"],
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_excluding_tax": total,
    }
    tx.put(invoice)
    tx.emit("invoice.created", invoice)
    return invoice


def finalize_invoice(tx: Transaction, invoice: StripeObject) -> None:
    """Numbers the draft, uses the customer's credit and opens it for payment."""
    customer = tx.get("customer", invoice["customer"])
    before = dict(customer)
    number = customer["next_invoice_sequence"]
    balance = customer["balance"]
    invoice |= {
        "automatically_finalizes_at": None,
        "effective_at": tx.now,
        "ending_balance": min(invoice["total"] + balance, 0),
        "hosted_invoice_url": f"{tx.base_url}/i/{invoice['id']}",
        "invoice_pdf": f"{tx.base_url}/i/{invoice['id']}/pdf",
        "number": f"{customer['invoice_prefix']}-{number:04}",
        "starting_balance": balance,
        "status": "open",
    }
    invoice["amount_due"] = invoice["amount_remaining"] = max(invoice["total"] + balance, 0)
    invoice["status_transitions"] = invoice["status_transitions"] | {"finalized_at": tx.now}
    customer |= {"balance": invoice["ending_balance"], "next_invoice_sequence": number + 1}
    tx.put(invoice)
    tx.put(customer)
    if customer["balance"] != before["balance"]:
        tx.emit("customer.updated", customer, previous={"balance": before["balance"]})
    tx.emit("invoice.finalized", invoice)


def collect_invoice(
    tx: Transaction,
    invoice: StripeObject,
    *,
    on_session: bool = False,
    method: StripeObject | None = None,
    intent: StripeObject | None = None,
) -> Refusal | None:
    """Tries to pay an open invoice with `method`, else with the default of the subscription or the customer.

    None when it is paid, else why not; then it stays open and `invoice.payment_failed` says so.
    """
    if invoice["amount_due"] == 0:
        mark_paid(tx, invoice)
        return None
    payment = Payment(
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription " + invoice["billing_reason"].removeprefix("subscription_"),
        invoice=invoice["id"],
        key=f"invoice-{invoice['id']}",
        on_session=on_session,
    )
    intent = _intent_of(tx, invoice, payment, intent)
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    refusal = take_payment(tx, intent, payment, method or default_method(tx, invoice))
    if refusal:
        tx.put(invoice)
        tx.emit("invoice.payment_failed", invoice)
        return refusal
    _settle_payment(tx, invoice)
    mark_paid(tx, invoice)
    return None


def mark_paid(tx: Transaction, invoice: StripeObject) -> None:
    invoice |= {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    invoice["status_transitions"] = invoice["status_transitions"] | {"paid_at": tx.now}
    tx.put(invoice)
    tx.emit("invoice.paid", invoice)
    tx.emit("invoice.payment_succeeded", invoice)


def stop_collecting(tx: Transaction, invoice: StripeObject) -> None:
    """Leaves the invoice as it is; nothing will be tried again by itself."""
    stopped = invoice | {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
    save_change(tx, "invoice.updated", stopped, invoice)


def subscription_of(tx: Transaction, invoice: StripeObject) -> StripeObject | None:
    """The subscription that the invoice bills; it stands under `parent` since API version 2025-03-31."""
    parent = invoice["parent"]
    return tx.get("subscription", parent["subscription_details"]["subscription"]) if parent else None


def default_method(tx: Transaction, invoice: StripeObject) -> StripeObject | None:
    """The subscription's payment method, else the customer's; one that was detached no longer counts."""
    subscription = subscription_of(tx, invoice)
    customer = tx.get("customer", invoice["customer"])
    wanted = [subscription["default_payment_method"]] if subscription else []
    wanted.append(customer["invoice_settings"]["default_payment_method"])
    methods = (tx.get("payment_method", method_id) for method_id in wanted if method_id)
    return next((method for method in methods if method["customer"] == customer["id"]), None)


def _intent_of(tx: Transaction, invoice: StripeObject, payment: Payment, intent: StripeObject | None) -> StripeObject:
    for existing in tx.select("invoice_payment", invoice=invoice["id"]):
        return tx.get("payment_intent", existing["payment"]["payment_intent"])
    intent = intent or open_intent(tx, payment)
    tx.put(
        tx.new(
            "invoice_payment",
            amount_paid=None,
            amount_requested=payment.amount,
            currency=payment.currency,
            invoice=invoice["id"],
            is_default=True,
            payment={"payment_intent": intent["id"], "type": "payment_intent"},
            status="open",
            status_transitions={"canceled_at": None, "paid_at": None},
        )
    )
    return intent


def _settle_payment(tx: Transaction, invoice: StripeObject) -> None:
    for payment in tx.select("invoice_payment", invoice=invoice["id"]):
        tx.put(
            payment
            | {
                "amount_paid": invoice["amount_due"],
                "status": "paid",
                "status_transitions": {"canceled_at": None, "paid_at": tx.now},
            }
        )


def _line(invoice_id: str, subscription: StripeObject, line: Line) -> StripeObject:
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


def _members(tx: Transaction, customer: StripeObject, subscription: StripeObject) -> StripeObject:
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
