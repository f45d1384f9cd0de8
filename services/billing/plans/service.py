"""Brings Stripe's products and prices in line with the catalogue. Doing it again changes nothing."""

import structlog

from services.billing.payments import Payments, RemotePrice, WantedPrice
from services.billing.plans.catalogue import Catalogue

logger = structlog.get_logger()


async def push_catalogue(payments: Payments, catalogue: Catalogue) -> int:
    """Makes products and prices for what can be bought; returns how many prices were new.

    A price at Stripe never changes its amount: a new one takes over its lookup key, and subscriptions keep theirs
    (https://docs.stripe.com/products-prices/manage-prices). Raises PaymentsUnavailable.
    """
    made = 0
    for plan in catalogue.plans:
        if not plan.purchasable:
            continue
        await payments.save_product(plan.product_id, name=f"StackPro {plan.name}")
        wanted = WantedPrice(
            product_id=plan.product_id, amount=plan.amount, currency=catalogue.currency, interval=catalogue.interval
        )
        present = await payments.find_price(catalogue.lookup_key(plan))
        if present is not None and _is_as_wanted(present, wanted):
            continue
        await payments.replace_price(catalogue.lookup_key(plan), present, wanted=wanted)
        made += 1
    logger.info("catalogue.pushed", prices_made=made)
    return made


def _is_as_wanted(price: RemotePrice, wanted: WantedPrice) -> bool:
    present = (price.product_id, price.amount, price.currency, price.interval)
    return present == (wanted.product_id, wanted.amount, wanted.currency, wanted.interval)
