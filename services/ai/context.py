"""ai's open parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from libs.adapters.bus import open_bus
from libs.adapters.objects import Objects, open_objects
from libs.common.http_client import ServiceHttp
from libs.common.service import ServiceContext
from libs.common.service_parts import open_parts
from libs.contracts.billing import BillingClient
from services.ai.settings import AiSettings


@dataclass(frozen=True, kw_only=True)
class AiContext(ServiceContext):
    """What ai's endpoints, handlers, loops and sweeps use."""

    settings: AiSettings
    objects: Objects
    billing: BillingClient


@asynccontextmanager
async def open_context(settings: AiSettings) -> AsyncIterator[AiContext]:
    """Opens database, bus, objects and the way to billing; closes them in reverse."""
    async with (
        open_parts("ai", settings) as parts,
        open_bus(settings.bus) as bus,
        open_objects(settings.objects) as objects,
    ):
        billing = ServiceHttp("billing", settings.billing_url, parts.signer)
        try:
            yield AiContext(
                settings=settings,
                database=parts.database,
                bus=bus,
                clock=parts.clock,
                cursors=parts.cursors,
                tokens=parts.tokens,
                assertions=parts.assertions,
                access_modes=parts.access_modes,
                objects=objects,
                billing=BillingClient(billing),
            )
        finally:
            await billing.aclose()
