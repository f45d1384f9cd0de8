"""The life of an invoice: draft, open, paid (https://docs.stripe.com/invoicing/integration/workflow-transitions)."""

from sandbox.stripe.calendar import HOUR
from sandbox.stripe.cards import Refusal
from sandbox.stripe.catalogue import save_change
from sandbox.stripe.invoice_shape import Line, new_invoice_members, render_line
from sandbox.stripe.payments import Payment, open_intent, take_payment
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject, list_object


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
    invoice = tx.new("invoice", **new_invoice_members(tx, customer, subscription))
    rendered = [render_line(invoice["id"], subscription, line) for line in lines]
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
