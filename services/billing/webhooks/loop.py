"""The worker's loop over Stripe's events: woken by PostgreSQL as one is stored, so that paying feels instant."""

import asyncio

import asyncpg
import structlog

from libs.common.service import Loop
from libs.common.worker import EXPECTED, RETRY_SECONDS, pause
from services.billing.context import BillingContext
from services.billing.webhooks.repository import CHANNEL
from services.billing.webhooks.sweeps import work_off_due

POLL_SECONDS = 5.0
logger = structlog.get_logger()


def stripe_event_loop(context: BillingContext) -> Loop:
    """Listens, works off, and polls every few seconds for what became due again."""

    async def loop(stop: asyncio.Event) -> None:
        rung = asyncio.Event()
        while not stop.is_set():
            try:
                listener = await _listen(context, rung)
                try:
                    await _work_while_listening(context, listener, rung, stop)
                finally:
                    await listener.close(timeout=2)
            except EXPECTED as error:
                logger.warning("stripe_event.loop_failed", exc_info=error)
                await pause(stop, RETRY_SECONDS)

    return loop


async def _listen(context: BillingContext, rung: asyncio.Event) -> "asyncpg.Connection":
    direct = context.settings.database_direct_url or context.settings.database_system_url
    connection = await asyncpg.connect(direct.get_secret_value().replace("+asyncpg", "", 1), timeout=5)
    await connection.add_listener(CHANNEL, lambda *_: rung.set())
    return connection


async def _work_while_listening(
    context: BillingContext, listener: "asyncpg.Connection", rung: asyncio.Event, stop: asyncio.Event
) -> None:
    while not stop.is_set() and not listener.is_closed():
        rung.clear()
        if await work_off_due(context):
            continue
        waits = [asyncio.create_task(rung.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
