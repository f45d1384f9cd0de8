"""Plants canaries where there is something to protect, and probes them across tenants."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.sweeps import Sweep
from services.ai.context import AiContext
from services.ai.embeddings.port import EmbeddingsUnavailable
from services.ai.index.nearest import VectorsError
from services.ai.safety import lookups
from services.ai.safety.canaries import plant, probe

PLANT_SECONDS, PROBE_SECONDS = 60.0, 300.0
PLANTED_AT_ONCE, PROBED_AT_ONCE = 20, 20
"""So few that the sweep's own transaction, idle meanwhile, outlives them."""
UNAVAILABLE = (EmbeddingsUnavailable, VectorsError)
logger = structlog.get_logger()


def canary_sweeps(context: AiContext) -> tuple[Sweep, ...]:
    """A tenant gets its canary within minutes of its first document; some tenants at a time are probed."""

    async def plant_some(session: AsyncSession, _now: datetime) -> int:
        model, planted = context.embeddings.default.model, 0
        try:
            for tenant_id in await lookups.tenants_without_canary(session, model=model, limit=PLANTED_AT_ONCE):
                await plant(context, tenant_id)
                planted += 1
        except UNAVAILABLE as error:
            logger.warning("canary.planting_waits", reason=str(error))
        return planted

    async def probe_some(session: AsyncSession, _now: datetime) -> int:
        try:
            return await probe(context, await lookups.some_canaries(session, limit=PROBED_AT_ONCE))
        except UNAVAILABLE as error:
            logger.warning("canary.probing_waits", reason=str(error))
            return 0

    return (
        Sweep(name="plant_canaries", every=PLANT_SECONDS, run=plant_some),
        Sweep(name="probe_canaries", every=PROBE_SECONDS, run=probe_some),
    )
