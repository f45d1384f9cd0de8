"""The Stripe sandbox as one ASGI app: API, hosted pages, dashboard, webhooks and the clock's work."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.stripe.api import Api
from sandbox.stripe.billing_cycle import process_due
from sandbox.stripe.operations import Operations
from sandbox.stripe.pages import CustomerPages
from sandbox.stripe.rendering import Renderer
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store
from sandbox.stripe.warm_up import warm_up
from sandbox.stripe.webhooks import WebhookSender

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

logger = structlog.get_logger()


def create_app(settings: StripeSandboxSettings) -> Starlette:
    """The app; its file is opened when its lifespan starts, in the process and on the loop that serves it."""
    wake = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        store = Store(settings.database, base_url=settings.base_url, after_commit=wake.set)
        renderer = Renderer()
        pages = CustomerPages(settings, store, renderer)
        operations = Operations(settings, store, renderer, wake=wake)
        api = Route("/v1/{path:path}", Api(settings, store).handle, methods=_METHODS)
        app.router.routes[:] = [*operations.routes(), *pages.routes(), api]
        warm_up(settings, store)
        async with httpx.AsyncClient(timeout=settings.webhook_timeout_seconds, trust_env=False) as client:
            sender = WebhookSender(settings, store, client, wake=wake)
            work = [asyncio.create_task(sender.run()), asyncio.create_task(_follow_clock(settings, store))]
            try:
                yield
            finally:
                for task in work:
                    task.cancel()
                await asyncio.gather(*work, return_exceptions=True)
                store.close()

    return Starlette(lifespan=lifespan)


async def _follow_clock(settings: StripeSandboxSettings, store: Store) -> None:
    """Does what became due, at most some seconds late, also when nobody asks."""
    while True:
        try:
            process_due(store, now=settings.now(), after_last_retry=settings.after_last_retry)
        except sqlite3.Error as error:
            logger.error("stripe_sandbox.clock_work_failed", error=str(error))
        await asyncio.sleep(settings.timer_seconds)
