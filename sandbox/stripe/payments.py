"""Payment intents and charges: the one place where the sandbox takes money and writes its ledger."""

from dataclasses import dataclass

from sandbox.stripe.call import Call
from sandbox.stripe.cards import NO_PAYMENT_METHOD, Refusal, refusal_of
from sandbox.stripe.ids import random_text
from sandbox.stripe.listing import list_objects
from sandbox.stripe.transaction import LedgerEntry, Transaction
from sandbox.stripe.wire import StripeObject, public


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What to take. `key` names what is paid for; the ledger lets it succeed once."""

    amount: int
    currency: str
    key: str
    on_session: bool
    customer: str | None = None
    invoice: str | None = None
    description: str | None = None


def open_intent(tx: Transaction, payment: Payment) -> StripeObject:
    """A payment intent that waits for its payment method."""
    intent = tx.new(
        "payment_intent",
        amount=payment.amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=payment.currency,
        customer=payment.customer,
        customer_account=None,
        description=payment.description,
        last_payment_error=None,
        latest_charge=None,
        metadata={},
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        processing=None,
        receipt_email=None,
        review=None,
        setup_future_usage="off_session",
        shipping=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="requires_payment_method",
        transfer_data=None,
        transfer_group=None,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{random_text(25)}"
    return tx.put(intent)


def take_payment(
    tx: Transaction, intent: StripeObject, payment: Payment, method: StripeObject | None
) -> Refusal | None:
    """Charges `method`. None when the money was taken, else why not; both leave events and ledger entries."""
    if method is None:
        return _fail(tx, intent, NO_PAYMENT_METHOD, charge=None, method=None)
    refusal = refusal_of(method["_number"], on_session=payment.on_session)
    charge = tx.put(_charge(tx, intent, payment, method, refusal))
    tx.record_charge(
        LedgerEntry(
            charge=charge["id"],
            payment_intent=intent["id"],
            invoice=payment.invoice,
            customer=payment.customer,
            amount=payment.amount,
            currency=payment.currency,
            status=charge["status"],
            idempotency_key=payment.key,
        )
    )
    intent |= {"customer": payment.customer, "latest_charge": charge["id"]}
    if refusal:
        return _fail(tx, intent, refusal, charge=charge, method=method)
    intent |= {
        "amount_received": payment.amount,
        "last_payment_error": None,
        "payment_method": method["id"],
        "status": "succeeded",
    }
    tx.put(intent)
    tx.emit("payment_intent.succeeded", intent)
    tx.emit("charge.succeeded", charge)
    return None


def retrieve_intent(call: Call) -> StripeObject:
    return call.tx.get("payment_intent", call.ids[0])


def list_intents(call: Call) -> StripeObject:
    return list_objects(call, "payment_intent", url="/v1/payment_intents", filters={"customer": "customer"})


def retrieve_charge(call: Call) -> StripeObject:
    return call.tx.get("charge", call.ids[0])


def list_charges(call: Call) -> StripeObject:
    filters = {"customer": "customer", "payment_intent": "payment_intent"}
    return list_objects(call, "charge", url="/v1/charges", filters=filters)


def _fail(
    tx: Transaction,
    intent: StripeObject,
    refusal: Refusal,
    *,
    charge: StripeObject | None,
    method: StripeObject | None,
) -> Refusal:
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = {
        "charge": charge["id"] if charge else None,
        "code": refusal.code,
        "decline_code": refusal.decline_code,
        "message": refusal.message,
        "payment_method": public(method),
        "type": "card_error" if method else "invalid_request_error",
    }
    tx.put(intent)
    tx.emit("payment_intent.payment_failed", intent)
    if charge:
        tx.emit("charge.failed", charge)
    return refusal


def _charge(
    tx: Transaction, intent: StripeObject, payment: Payment, method: StripeObject, refusal: Refusal | None
) -> StripeObject:
    paid = refusal is None
    card = {name: method["card"][name] for name in ("brand", "country", "exp_month", "exp_year", "funding", "last4")}
    charge = tx.new(
        "charge",
        amount=payment.amount,
        amount_captured=payment.amount if paid else 0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="STRIPE SANDBOX",
        captured=paid,
        currency=payment.currency,
        customer=payment.customer,
        description=payment.description,
        disputed=False,
        failure_balance_transaction=None,
        failure_code=refusal.code if refusal else None,
        failure_message=refusal.message if refusal else None,
        fraud_details={},
        metadata={},
        on_behalf_of=None,
        outcome=_outcome(refusal),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"card": card, "type": "card"},
        receipt_email=None,
        receipt_number=None,
        refunded=False,
        review=None,
        shipping=None,
        source_transfer=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="succeeded" if paid else "failed",
        transfer_data=None,
        transfer_group=None,
    )
    charge["receipt_url"] = f"{tx.base_url}/i/{payment.invoice}" if paid and payment.invoice else None
    return charge


def _outcome(refusal: Refusal | None) -> StripeObject:
    return {
        "advice_code": None if refusal is None else "try_again_later",
        "network_status": "approved_by_network" if refusal is None else "declined_by_network",
        "reason": refusal.decline_code if refusal else None,
        "risk_level": "normal",
        "seller_message": refusal.message if refusal else "Payment complete.",
        "type": "issuer_declined" if refusal else "authorized",
    }
