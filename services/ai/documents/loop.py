"""The worker's loop over documents: rung by PostgreSQL as something became of one."""

import asyncio
from datetime import UTC, datetime

import structlog

from libs.common.bell import work_at_rings
from libs.common.loops import EXPECTED, RETRY_SECONDS, pause
from libs.common.service import Loop
from services.ai.context import CHANGES, AiContext
from services.ai.documents import lookups
from services.ai.documents.ingestion import LEASE, look_at

AT_ONCE = 4
logger = structlog.get_logger()


async def look_at_due(context: AiContext) -> int:
    """Looks at up to `AT_ONCE` documents that are due, and returns at how many."""
    now = datetime.now(UTC)
    async with context.database.system_session() as session:
        claimed = await lookups.claim_due(session, now=now, until=now + LEASE, limit=AT_ONCE)
    results = await asyncio.gather(*(look_at(context, one) for one in claimed), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return len(claimed)


def document_loop(context: AiContext) -> Loop:
    """Makes the bucket, if there is none, and then looks at what is due, at each ring and every few seconds."""

    async def work() -> bool:
        return await look_at_due(context) > 0

    async def loop(stop: asyncio.Event) -> None:
        await _bucket_made(context, stop)
        await work_at_rings(CHANGES, work, url=context.settings.listen_url)(stop)

    return loop


async def _bucket_made(context: AiContext, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await context.objects.ensure_bucket(context.settings.documents_bucket)
        except EXPECTED as error:
            logger.warning("documents.waiting", reason=str(error))
            await pause(stop, RETRY_SECONDS)
        else:
            return
