"""Brings Stripe's products and prices up to date when the worker starts, where the settings ask for it."""

import asyncio

import structlog

from libs.common.loops import RETRY_SECONDS, pause
from libs.common.service import Loop
from services.billing.context import BillingContext
from services.billing.payments import PaymentsUnavailable
from services.billing.plans.service import push_catalogue

logger = structlog.get_logger()


def push_loop(context: BillingContext) -> Loop:
    """Pushes once, trying again until Stripe answers, and then only waits for the end."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await push_catalogue(context.payments, context.catalogue)
                break
            except PaymentsUnavailable as error:
                logger.warning("catalogue.waiting", reason=str(error))
                await pause(stop, RETRY_SECONDS)
        await stop.wait()

    return loop
