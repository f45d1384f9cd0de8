"""Prorations by the second (https://docs.stripe.com/billing/subscriptions/prorations)."""

from datetime import UTC, datetime
from fractions import Fraction

from sandbox.stripe.errors import InvalidRequest
from sandbox.stripe.pending_items import new_pending_item
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject


def prorate(
    tx: Transaction,
    subscription: StripeObject,
    changes: list[tuple[StripeObject, StripeObject]],
    *,
    moment: int,
) -> None:
    """Leaves a credit for the unused time of each old item and, in the same interval, a debit for the new one.

    A new interval starts a period of its own, which is billed in full: then the credit stands alone.
    """
    for old, new in changes:
        start, end = old["current_period_start"], old["current_period_end"]
        if not start <= moment < end:
            raise InvalidRequest("The proration date must lie within the current period.", param="proration_date")
        rest = Fraction(end - moment, end - start)
        _leave_item(tx, subscription, old, amount=-_share(old, rest), text="Unused time on", period=(moment, end))
        if old["price"]["recurring"] == new["price"]["recurring"]:
            _leave_item(tx, subscription, new, amount=_share(new, rest), text="Remaining time on", period=(moment, end))


def _share(item: StripeObject, rest: Fraction) -> int:
    return round(int(item["price"]["unit_amount"]) * int(item["quantity"]) * rest)


def _leave_item(
    tx: Transaction,
    subscription: StripeObject,
    item: StripeObject,
    *,
    amount: int,
    text: str,
    period: tuple[int, int],
) -> None:
    name = tx.get("product", item["price"]["product"])["name"]
    quantity = f"{item['quantity']} × " if item["quantity"] > 1 else ""
    day = datetime.fromtimestamp(period[0], UTC).strftime("%d %b %Y")
    pending = new_pending_item(
        tx,
        subscription,
        amount=amount,
        description=f"{text} {quantity}{name} after {day}",
        period=period,
        item=item,
        proration=True,
    )
    tx.put(pending)
    tx.emit("invoiceitem.created", pending)
