"""billing's open parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from libs.adapters.bus import open_bus
from libs.adapters.mail import Mailer, open_mail
from libs.common.http_client import ServiceHttp
from libs.common.service import ServiceContext
from libs.common.service_parts import open_parts
from libs.contracts.auth import AuthClient
from services.billing.payments import Payments
from services.billing.plans.catalogue import Catalogue, load_catalogue
from services.billing.settings import BillingSettings
from services.billing.stripe_gateway import open_stripe


@dataclass(frozen=True, kw_only=True)
class BillingContext(ServiceContext):
    """What billing's endpoints, handlers and sweeps use.

    `checkouts` bounds how many requests wait for Stripe at once: each holds a connection while it needs another.
    """

    settings: BillingSettings
    catalogue: Catalogue
    payments: Payments
    auth: AuthClient
    mailer: Mailer
    checkouts: asyncio.Semaphore


@asynccontextmanager
async def open_context(settings: BillingSettings) -> AsyncIterator[BillingContext]:
    """Opens database, bus, mail, Stripe and the way to auth; closes them in reverse."""
    async with (
        open_parts("billing", settings) as parts,
        open_bus(settings.bus) as bus,
        open_mail(settings.mail) as mailer,
        open_stripe(
            settings.stripe_api_key.get_secret_value(),
            api_url=settings.stripe_api_url,
            webhook_secrets=[secret.get_secret_value() for secret in settings.stripe_webhook_secrets],
        ) as payments,
    ):
        auth = ServiceHttp("auth", settings.auth_url, parts.signer)
        try:
            yield BillingContext(
                settings=settings,
                database=parts.database,
                bus=bus,
                clock=parts.clock,
                cursors=parts.cursors,
                tokens=parts.tokens,
                assertions=parts.assertions,
                access_modes=parts.access_modes,
                catalogue=load_catalogue(),
                payments=payments,
                auth=AuthClient(auth),
                mailer=mailer,
                checkouts=asyncio.Semaphore(max(1, settings.database_pool_size // 2)),
            )
        finally:
            await auth.aclose()
