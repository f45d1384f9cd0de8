"""`expand[]`: ids become the objects that they name (https://docs.stripe.com/expand)."""

from collections.abc import Callable

from sandbox.stripe.errors import InvalidRequest
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject, list_object

_MAXIMUM_DEPTH = 4


def expand(tx: Transaction, thing: StripeObject, paths: list[str]) -> None:
    """Replaces in place what `paths` name, such as `latest_invoice.payments` or, in a list, `data.customer`."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _MAXIMUM_DEPTH + (parts[0] == "data"):
            raise InvalidRequest(f"You cannot expand more than {_MAXIMUM_DEPTH} levels of a property.", param="expand")
        _expand_path(tx, thing, parts, path)


def _expand_path(tx: Transaction, node: StripeObject, parts: list[str], path: str) -> None:
    name, *rest = parts
    include = _INCLUDABLE.get((node.get("object", ""), name))
    if include and name not in node:
        node[name] = include(tx, node)
    elif name not in node or name.startswith("_"):
        raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
    value = node[name]
    if isinstance(value, str):
        node[name] = value = _resolve(tx, value, path)
    for child in value if isinstance(value, list) else [value]:
        if rest and child is not None:
            _expand_path(tx, child, rest, path)


def _resolve(tx: Transaction, object_id: str, path: str) -> StripeObject:
    found = tx.find(object_id)
    if found is None:
        raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
    return found


def _line_items(tx: Transaction, session: StripeObject) -> StripeObject:
    return list_object(f"/v1/checkout/sessions/{session['id']}/line_items", session["_line_items"])


def _payments(tx: Transaction, invoice: StripeObject) -> StripeObject:
    return list_object("/v1/invoice_payments", tx.select("invoice_payment", invoice=invoice["id"]))


def _subscriptions(tx: Transaction, customer: StripeObject) -> StripeObject:
    running = [s for s in tx.select("subscription", customer=customer["id"]) if s["status"] != "canceled"]
    return list_object(f"/v1/customers/{customer['id']}/subscriptions", running)


_INCLUDABLE: dict[tuple[str, str], Callable[[Transaction, StripeObject], StripeObject]] = {
    ("checkout.session", "line_items"): _line_items,
    ("customer", "subscriptions"): _subscriptions,
    ("invoice", "payments"): _payments,
}
