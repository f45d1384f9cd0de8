"""What happens when a person pays at the hosted page: all of it in one transaction, or only a failed attempt."""

from dataclasses import dataclass

from sandbox.stripe.cards import CardInput, Refusal, refusal_of
from sandbox.stripe.checkout import order_of
from sandbox.stripe.customers import make_customer
from sandbox.stripe.invoices import collect_invoice, finalize_invoice
from sandbox.stripe.payment_methods import attach_to, make_payment_method
from sandbox.stripe.payments import Payment, open_intent, take_payment
from sandbox.stripe.subscriptions import start_subscription
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

EVENT_ORDER = (
    "checkout.session.completed",
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
    "payment_intent.succeeded",
    "charge.succeeded",
    "customer.created",
    "payment_method.attached",
)
"""The order in which the events of a paid session are announced; Stripe itself promises none."""


@dataclass(frozen=True)
class Paid:
    """The session is complete; `success_url` has its `{CHECKOUT_SESSION_ID}` filled in."""

    success_url: str


@dataclass(frozen=True)
class Expired:
    """The session can no longer be paid."""


PayOutcome = Paid | Expired | Refusal


def pay_session(tx: Transaction, session_id: str, card: CardInput, *, email: str | None = None) -> PayOutcome:
    """Pays an open session; one that is complete already is answered as paid, and nothing is taken again.

    Raises Missing for an unknown session.
    """
    session = tx.get("checkout.session", session_id)
    if session["status"] == "complete":
        return Paid(success_url(session))
    if session["status"] == "expired" or session["expires_at"] <= tx.now:
        return Expired()
    refusal = refusal_of(card.number, on_session=True)
    if refusal:
        _record_refusal(tx, session, card, refusal)
        return refusal
    _complete(tx, session, card, email=email)
    return Paid(success_url(session))


def success_url(session: StripeObject) -> str:
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _complete(tx: Transaction, session: StripeObject, card: CardInput, *, email: str | None) -> None:
    email = session["customer_email"] or email
    customer = tx.get("customer", session["customer"]) if session["customer"] else make_customer(tx, email=email)
    customer |= {"currency": session["currency"]}
    tx.put(customer)
    method = attach_to(tx, make_payment_method(tx, card, email=customer["email"]), customer)
    subscription, invoice = start_subscription(tx, customer, method, order_of(tx, session))
    finalize_invoice(tx, invoice)
    earlier = session["_payment_intent"]
    intent = tx.get("payment_intent", earlier) if earlier else None
    collect_invoice(tx, invoice, on_session=True, method=method, intent=intent)
    session |= {
        "amount_subtotal": invoice["subtotal"],
        "amount_total": invoice["total"],
        "customer": customer["id"],
        "customer_details": _customer_details(customer),
        "invoice": invoice["id"],
        "payment_status": "paid" if invoice["amount_paid"] else "no_payment_required",
        "status": "complete",
        "subscription": subscription["id"],
        "url": None,
    }
    tx.put(session)
    tx.emit("checkout.session.completed", session)
    tx.order_events(EVENT_ORDER)


def _record_refusal(tx: Transaction, session: StripeObject, card: CardInput, refusal: Refusal) -> None:
    """Keeps the failed attempt where money was asked for; no card that is not a test card is kept."""
    if not session["amount_total"] or refusal.decline_code == "test_mode_live_card":
        return
    payment = Payment(
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        description="Subscription creation",
        key=f"checkout-{session['id']}",
        on_session=True,
    )
    earlier = session["_payment_intent"]
    intent = tx.get("payment_intent", earlier) if earlier else open_intent(tx, payment)
    take_payment(tx, intent, payment, make_payment_method(tx, card, email=session["customer_email"]))
    tx.put(session | {"_payment_intent": intent["id"]})


def _customer_details(customer: StripeObject) -> StripeObject:
    return {
        "address": customer["address"],
        "business_name": None,
        "email": customer["email"],
        "individual_name": None,
        "name": customer["name"],
        "phone": customer["phone"],
        "tax_exempt": customer["tax_exempt"],
        "tax_ids": [],
    }
