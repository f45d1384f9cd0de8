"""messaging's open parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from libs.adapters.bus import open_bus
from libs.adapters.cache import open_cache
from libs.adapters.history import History, open_history
from libs.adapters.keys import Keys, open_keys
from libs.adapters.malware import ScansFiles, make_scanner
from libs.adapters.objects import Objects, open_objects
from libs.common.http_client import ServiceHttp
from libs.common.service import ServiceContext
from libs.common.service_parts import open_parts
from libs.contracts.billing import BillingClient
from services.messaging.history.service import Archive
from services.messaging.keys.service import KeyRings
from services.messaging.settings import MessagingSettings


@dataclass(frozen=True, kw_only=True)
class MessagingContext(ServiceContext):
    """What messaging's endpoints, sockets, handlers and sweeps use."""

    settings: MessagingSettings
    keys: Keys
    rings: KeyRings
    cache: Redis
    history: History | None
    archive: Archive
    objects: Objects
    scanner: ScansFiles
    billing: BillingClient


@asynccontextmanager
async def open_context(settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
    """Opens database, bus, keys, cache, objects and the way to billing; closes them in reverse."""
    async with (
        open_parts("messaging", settings) as parts,
        open_bus(settings.bus) as bus,
        open_keys(settings.keys) as keys,
        open_cache(settings.cache) as cache,
        open_history(settings.history) as history,
        open_objects(settings.objects) as objects,
    ):
        billing = ServiceHttp("billing", settings.billing_url, parts.signer)
        try:
            yield MessagingContext(
                settings=settings,
                database=parts.database,
                bus=bus,
                clock=parts.clock,
                cursors=parts.cursors,
                tokens=parts.tokens,
                assertions=parts.assertions,
                access_modes=parts.access_modes,
                keys=keys,
                rings=KeyRings(parts.database, keys),
                cache=cache,
                history=history,
                archive=Archive(parts.database, history, kept_months=settings.messages_kept_months),
                objects=objects,
                scanner=make_scanner(settings.malware),
                billing=BillingClient(billing),
            )
        finally:
            await billing.aclose()
