"""ai's open parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from libs.adapters.bus import open_bus
from libs.adapters.malware import ScansFiles, make_scanner
from libs.adapters.objects import Objects, open_objects
from libs.common.bell import Bell, listening
from libs.common.http_client import ServiceHttp
from libs.common.service import ServiceContext
from libs.common.service_parts import open_parts
from libs.contracts.billing import BillingClient
from libs.contracts.messaging import MessagingClient
from services.ai.embeddings.known import KnownEmbeddings, open_known_embeddings
from services.ai.index.nearest import NearestPassages, open_nearest
from services.ai.models import Models, open_models
from services.ai.running import Running
from services.ai.settings import AiSettings

CHANGES = "ai_documents"
"""The channel on which PostgreSQL says that something became of a document."""
EVALUATIONS = "ai_evaluations"
"""The channel on which it says that an evaluation began."""
STOPS = "ai_stop"
"""The channel on which it says which answer is to be stopped."""


@dataclass(frozen=True, kw_only=True)
class AiContext(ServiceContext):
    """What ai's endpoints, handlers, loops and sweeps use."""

    settings: AiSettings
    objects: Objects
    scanner: ScansFiles
    billing: BillingClient
    messaging: MessagingClient
    changes: Bell
    stops: Bell
    running: Running
    embeddings: KnownEmbeddings
    nearest: NearestPassages
    models: Models


@asynccontextmanager
async def open_context(settings: AiSettings) -> AsyncIterator[AiContext]:
    """Opens database, bus, objects, models and the ways to other services; closes them in reverse."""
    async with (
        open_parts("ai", settings) as parts,
        open_bus(settings.bus) as bus,
        open_objects(settings.objects) as objects,
        open_known_embeddings(settings.embeddings) as embeddings,
        open_nearest(settings.vectors) as nearest,
        open_models(settings.models, score_sentences=embeddings.similarities) as models,
        listening(Bell(CHANGES), settings.listen_url) as changes,
        listening(Bell(STOPS), settings.listen_url) as stops,
    ):
        billing = ServiceHttp("billing", settings.billing_url, parts.signer)
        messaging = ServiceHttp("messaging", settings.messaging_url, parts.signer)
        running = Running()
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
                scanner=make_scanner(settings.malware),
                billing=BillingClient(billing),
                messaging=MessagingClient(messaging),
                changes=changes,
                stops=stops,
                running=running,
                embeddings=embeddings,
                nearest=nearest,
                models=models,
            )
        finally:
            await running.aclose()
            await billing.aclose()
            await messaging.aclose()
