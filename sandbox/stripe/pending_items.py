"""Invoice items that wait for a subscription's next invoice: prorations and what is added by hand."""

from sandbox.stripe.invoice_shape import Line
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject


def new_pending_item(
    tx: Transaction,
    subscription: StripeObject,
    *,
    amount: int,
    description: str,
    period: tuple[int, int],
    item: StripeObject | None = None,
    proration: bool = False,
) -> StripeObject:
    """An unsaved invoice item; `item` is the subscription item, as it was, that a proration is about."""
    price = item["price"] if item else None
    details = {"subscription": subscription["id"], "subscription_item": item["id"] if item else None}
    return tx.new(
        "invoiceitem",
        amount=amount,
        currency=subscription["currency"],
        customer=subscription["customer"],
        customer_account=None,
        date=tx.now,
        description=description,
        discountable=not proration,
        discounts=[],
        invoice=None,
        metadata={},
        net_amount=amount,
        parent={"subscription_details": details, "type": "subscription_details"},
        period={"start": period[0], "end": period[1]},
        pricing=None
        if price is None
        else {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        proration=proration,
        proration_details=None,
        quantity=item["quantity"] if item else 1,
        tax_rates=[],
        test_clock=None,
        _price=price,
    )


def take_pending_lines(tx: Transaction, subscription: StripeObject) -> tuple[list[Line], list[StripeObject]]:
    """The lines of everything that waits, and the items themselves, to be marked once the invoice has an id."""
    waiting = [
        item
        for item in tx.select("invoiceitem", customer=subscription["customer"])
        if item["invoice"] is None and item["parent"]["subscription_details"]["subscription"] == subscription["id"]
    ]
    return [_line(item) for item in waiting], waiting


def mark_invoiced(tx: Transaction, items: list[StripeObject], invoice: StripeObject) -> None:
    for item in items:
        tx.put(item | {"invoice": invoice["id"]})


def _line(item: StripeObject) -> Line:
    return Line(
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        invoice_item=item["id"],
        item=item["parent"]["subscription_details"]["subscription_item"],
        period=(item["period"]["start"], item["period"]["end"]),
        price=item["_price"],
        proration=item["proration"],
        quantity=item["quantity"],
    )
