"""What business time does by itself: renewals, trial ends, cancellations, collection, expiry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.stripe.checkout import expire_session
from sandbox.stripe.dunning import finalize_and_collect, retry
from sandbox.stripe.schedule import TRIAL_NOTICE
from sandbox.stripe.store import Store
from sandbox.stripe.subscriptions import end_subscription, renew_subscription
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

AfterLastRetry = Literal["canceled", "unpaid"]


@dataclass(frozen=True)
class Happening:
    """One thing that time did: when (Unix seconds), to what, and what it was."""

    at: int
    object_id: str
    what: str


def process_due(store: Store, *, now: int, after_last_retry: AfterLastRetry) -> list[Happening]:
    """Does everything due by `now` in the order of time, each in its own transaction, as of its own moment."""
    happened: list[Happening] = []
    while step := _process_next(store, now=now, after_last_retry=after_last_retry):
        happened.append(step)
    return happened


def _process_next(store: Store, *, now: int, after_last_retry: AfterLastRetry) -> Happening | None:
    with store.transaction(now=now) as tx:
        due = tx.next_due()
        if due is None or due[0] > now:
            return None
        moment, thing = due
        tx.now = max(moment, thing["created"])
        what = _RULES[thing["object"]](tx, thing, after_last_retry)
        return Happening(at=tx.now, object_id=thing["id"], what=what)


def _session(tx: Transaction, session: StripeObject, _: AfterLastRetry) -> str:
    expire_session(tx, session)
    return "checkout session expired"


def _invoice(tx: Transaction, invoice: StripeObject, after_last_retry: AfterLastRetry) -> str:
    if invoice["status"] == "draft":
        finalize_and_collect(tx, invoice, after_last_retry=after_last_retry)
        return f"invoice finalized, now {invoice['status']}"
    retry(tx, invoice, after_last_retry=after_last_retry)
    return f"payment retried, invoice now {invoice['status']}"


def _subscription(tx: Transaction, subscription: StripeObject, _: AfterLastRetry) -> str:
    if subscription["cancel_at"] and subscription["cancel_at"] <= tx.now:
        end_subscription(tx, subscription, reason="cancellation_requested")
        return "subscription canceled as asked"
    if _trial_notice_is_due(tx, subscription):
        subscription["_trial_notice_sent"] = True
        tx.put(subscription)
        tx.emit("customer.subscription.trial_will_end", subscription)
        return "trial will end"
    renew_subscription(tx, subscription)
    return "subscription renewed"


def _trial_notice_is_due(tx: Transaction, subscription: StripeObject) -> bool:
    if subscription["status"] != "trialing" or subscription["_trial_notice_sent"]:
        return False
    return bool(subscription["trial_end"] - TRIAL_NOTICE <= tx.now)


_RULES: dict[str, Callable[[Transaction, StripeObject, AfterLastRetry], str]] = {
    "checkout.session": _session,
    "invoice": _invoice,
    "subscription": _subscription,
}
