"""What follows a payment that failed or came late (https://docs.stripe.com/billing/revenue-recovery/smart-retries)."""

from typing import Literal

from sandbox.stripe.calendar import DAY
from sandbox.stripe.cards import Refusal
from sandbox.stripe.invoices import collect_invoice, finalize_invoice, subscription_of
from sandbox.stripe.subscriptions import end_subscription, set_status
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

RETRY_AFTER = (1 * DAY, 3 * DAY, 5 * DAY)
"""Seconds from one failed attempt to the next."""


def finalize_and_collect(
    tx: Transaction, invoice: StripeObject, *, after_last_retry: Literal["canceled", "unpaid"]
) -> None:
    """What happens to a draft of a renewal when its hour is over."""
    finalize_invoice(tx, invoice)
    retry(tx, invoice, after_last_retry=after_last_retry)


def retry(tx: Transaction, invoice: StripeObject, *, after_last_retry: Literal["canceled", "unpaid"]) -> None:
    """One attempt. Success revives the subscription; failure makes it past due, the last one ends it."""
    attempts = invoice["attempt_count"]
    invoice["next_payment_attempt"] = tx.now + RETRY_AFTER[attempts] if attempts < len(RETRY_AFTER) else None
    if pay_now(tx, invoice) is None:
        return
    subscription = subscription_of(tx, invoice)
    if subscription is None or subscription["status"] == "canceled":
        return
    if invoice["next_payment_attempt"]:
        set_status(tx, subscription, "past_due")
    elif after_last_retry == "unpaid":
        set_status(tx, subscription, "unpaid")
    else:
        end_subscription(tx, subscription, reason="payment_failed")


def pay_now(tx: Transaction, invoice: StripeObject, *, method: StripeObject | None = None) -> Refusal | None:
    """Tries once; a subscription that was behind becomes active when its invoice is paid."""
    refusal = collect_invoice(tx, invoice, method=method)
    subscription = subscription_of(tx, invoice)
    if refusal is None and subscription and subscription["status"] in {"past_due", "unpaid"}:
        set_status(tx, subscription, "active")
    return refusal
