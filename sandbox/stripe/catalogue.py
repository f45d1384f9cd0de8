"""Products and prices (https://docs.stripe.com/api/prices)."""

from sandbox.stripe.call import Call
from sandbox.stripe.errors import InvalidRequest, Unsupported
from sandbox.stripe.listing import Conditions, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_INTERVALS = ("day", "week", "month", "year")
_MAXIMUM_LOOKUP_KEYS = 10


def create_product(call: Call) -> StripeObject:
    params = call.params
    product = call.tx.new(
        "product",
        active=True if (active := params.boolean("active")) is None else active,
        default_price=None,
        description=params.text("description") or None,
        images=params.texts("images"),
        marketing_features=[{"name": f.required("name")} for f in params.children("marketing_features")],
        metadata=params.metadata(),
        name=params.required("name"),
        package_dimensions=None,
        shippable=None,
        statement_descriptor=params.text("statement_descriptor"),
        tax_code=None,
        type="service",
        unit_label=params.text("unit_label"),
        updated=call.tx.now,
        url=params.url("url"),
    )
    if wanted := params.text("id"):
        if call.tx.find(wanted):
            raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
        product["id"] = wanted
    call.tx.put(product)
    call.tx.emit("product.created", product)
    return product


def update_product(call: Call) -> StripeObject:
    product = call.tx.get("product", call.ids[0])
    before = dict(product)
    params = call.params
    for name in ("name", "description", "statement_descriptor", "unit_label"):
        if (text := params.text(name)) is not None:
            product[name] = text or None
    if (active := params.boolean("active")) is not None:
        product["active"] = active
    if default := params.text("default_price"):
        product["default_price"] = call.tx.get("price", default, param="default_price")["id"]
    product["metadata"] = params.metadata(product["metadata"])
    return save_change(call.tx, "product.updated", product | {"updated": call.tx.now}, before)


def retrieve_product(call: Call) -> StripeObject:
    return call.tx.get("product", call.ids[0])


def list_products(call: Call) -> StripeObject:
    ids = call.params.texts("ids")
    where: Conditions = [(f"id IN ({_marks(ids)})", tuple(ids))] if ids else []
    return list_objects(call, "product", url="/v1/products", filters={"active": "active"}, where=where)


def create_price(call: Call) -> StripeObject:
    params, tx = call.params, call.tx
    lookup_key = params.text("lookup_key", max_length=200) or None
    amount = params.integer("unit_amount")
    if amount is None:
        raise InvalidRequest("Missing required param: unit_amount.", code="parameter_missing", param="unit_amount")
    params.choice("billing_scheme", "per_unit")
    recurring = _recurring(params.child("recurring")) if "recurring" in params else None
    price = tx.new(
        "price",
        active=True if (active := params.boolean("active")) is None else active,
        billing_scheme="per_unit",
        currency=_currency(params),
        custom_unit_amount=None,
        lookup_key=lookup_key,
        metadata=params.metadata(),
        nickname=params.text("nickname"),
        product=_product_of(call),
        recurring=recurring,
        tax_behavior=params.choice("tax_behavior", "unspecified", "exclusive", "inclusive") or "unspecified",
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    _claim_lookup_key(call, lookup_key)
    tx.put(price)
    tx.emit("price.created", price)
    return price


def update_price(call: Call) -> StripeObject:
    """Amount, currency and interval of a price never change; a new price takes over its lookup key."""
    price = call.tx.get("price", call.ids[0])
    before = dict(price)
    params = call.params
    if (active := params.boolean("active")) is not None:
        price["active"] = active
    if (nickname := params.text("nickname")) is not None:
        price["nickname"] = nickname or None
    if (lookup_key := params.text("lookup_key", max_length=200)) is not None and lookup_key != price["lookup_key"]:
        _claim_lookup_key(call, lookup_key or None)
        price["lookup_key"] = lookup_key or None
    else:
        params.boolean("transfer_lookup_key")
    price["metadata"] = params.metadata(price["metadata"])
    return save_change(call.tx, "price.updated", price, before)


def retrieve_price(call: Call) -> StripeObject:
    return call.tx.get("price", call.ids[0])


def list_prices(call: Call) -> StripeObject:
    keys = call.params.texts("lookup_keys")
    if len(keys) > _MAXIMUM_LOOKUP_KEYS:
        raise InvalidRequest(f"You may list at most {_MAXIMUM_LOOKUP_KEYS} lookup_keys.", param="lookup_keys")
    where: Conditions = []
    if keys:
        where.append((f"json_extract(body, '$.lookup_key') IN ({_marks(keys)})", tuple(keys)))
    if interval := call.params.child("recurring").choice("interval", *_INTERVALS):
        where.append(("json_extract(body, '$.recurring.interval') = ?", (interval,)))
    filters = {"active": "active", "currency": "currency", "product": "product", "type": "type"}
    return list_objects(call, "price", url="/v1/prices", filters=filters, where=where)


def plan_of(price: StripeObject) -> StripeObject:
    """The older shape of a price, which subscription items still carry."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def save_change(tx: Transaction, event_type: str, thing: StripeObject, before: StripeObject) -> StripeObject:
    """Stores `thing` and announces it with the old values, unless nothing changed."""
    previous = {name: value for name, value in before.items() if thing.get(name) != value}
    tx.put(thing)
    if previous:
        tx.emit(event_type, thing, previous=previous)
    return thing


def _recurring(params: Params) -> StripeObject:
    params.choice("usage_type", "licensed")
    interval = params.choice("interval", *_INTERVALS)
    if not interval:
        raise InvalidRequest(
            "Missing required param: recurring[interval].", code="parameter_missing", param="recurring[interval]"
        )
    return {
        "interval": interval,
        "interval_count": params.integer("interval_count", minimum=1, maximum=1095) or 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _currency(params: Params) -> str:
    currency = params.required("currency").lower()
    if len(currency) != len("usd") or not (currency.isascii() and currency.isalpha()):
        raise InvalidRequest(f"Invalid currency: {currency}.", param="currency")
    return currency


def _product_of(call: Call) -> str:
    if "product" in call.params:
        return str(call.tx.get("product", call.params.required("product"), param="product")["id"])
    if "product_data" not in call.params:
        raise InvalidRequest("You must pass product or product_data.", code="parameter_missing", param="product")
    data = call.params.child("product_data")
    return str(create_product(Call(call.tx, data, (), call.settings))["id"])


def _claim_lookup_key(call: Call, lookup_key: str | None) -> None:
    """A lookup key names one price; `transfer_lookup_key` takes it from the one that has it."""
    transfer = call.params.boolean("transfer_lookup_key")
    for holder in call.tx.select("price", lookup_key=lookup_key) if lookup_key else []:
        if not transfer:
            raise InvalidRequest(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
        save_change(call.tx, "price.updated", holder | {"lookup_key": None}, holder)


def require_recurring(price: StripeObject, *, param: str) -> None:
    """Raises where `price` cannot start a subscription."""
    if price["type"] != "recurring":
        raise Unsupported("one-time prices in subscriptions", param=param)
    if not price["active"]:
        raise InvalidRequest(f"The price specified is inactive: {price['id']}.", param=param)


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)
