"""When business time next does something to an object; None where nothing is due."""

from collections.abc import Callable

from sandbox.stripe.calendar import DAY
from sandbox.stripe.wire import StripeObject

TRIAL_NOTICE = 3 * DAY
"""`customer.subscription.trial_will_end` is sent three days ahead."""

_RUNNING = frozenset({"trialing", "active", "past_due", "unpaid"})


def due_at(thing: StripeObject) -> int | None:
    """Unix seconds of the next change that time alone makes to `thing`."""
    rule = _RULES.get(thing["object"])
    return rule(thing) if rule else None


def period_end(subscription: StripeObject) -> int:
    """Since API version 2025-03-31 the period stands on the items, not on the subscription."""
    return int(subscription["items"]["data"][0]["current_period_end"])


def _of_session(session: StripeObject) -> int | None:
    return session["expires_at"] if session["status"] == "open" else None


def _of_invoice(invoice: StripeObject) -> int | None:
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        moment: int | None = invoice["automatically_finalizes_at"]
        return moment
    return invoice["next_payment_attempt"] if invoice["status"] == "open" else None


def _of_subscription(subscription: StripeObject) -> int | None:
    if subscription["status"] not in _RUNNING:
        return None
    moments = [period_end(subscription)]
    if subscription["cancel_at"]:
        moments.append(subscription["cancel_at"])
    if subscription["status"] == "trialing" and not subscription["_trial_notice_sent"]:
        moments.append(subscription["trial_end"] - TRIAL_NOTICE)
    return min(moments)


_RULES: dict[str, Callable[[StripeObject], int | None]] = {
    "checkout.session": _of_session,
    "invoice": _of_invoice,
    "subscription": _of_subscription,
}
