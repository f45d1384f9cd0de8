"""The worker's part: embeds a knowledge base by another model, and lets it be searched by that one once all is done.

After that it takes away what the old model left; until then, the knowledge base comes again.

Two workers that embed the same passages write the same vectors, which does no harm.
"""

import time
from datetime import UTC, datetime, timedelta

import structlog

from libs.common.bell import work_at_rings
from libs.common.loops import EXPECTED
from libs.common.service import Loop
from services.ai.context import CHANGES, AiContext
from services.ai.index import writing
from services.ai.index.projecting import project_base
from services.ai.knowledge import lookups, repository
from services.ai.knowledge.models import KnowledgeBase

LEASE = timedelta(minutes=5)
PAUSE = timedelta(seconds=30)
SLICE_SECONDS = 20.0
BATCH = 64
logger = structlog.get_logger()


async def move_due(context: AiContext) -> int:
    """Goes on with one knowledge base that moves; returns with how many."""
    now = datetime.now(UTC)
    async with context.database.system_session() as session:
        claimed = await lookups.claim_moving(session, now=now, until=now + LEASE)
    for one in claimed:
        try:
            await _move(context, one)
        except EXPECTED as error:
            logger.warning("knowledge.move_waits", knowledge_base_id=str(one.id), reason=repr(error))
            async with context.database.tenant_session(one.tenant_id) as session:
                await repository.move_on_at(session, one.id, datetime.now(UTC) + PAUSE)
    return len(claimed)


def moving_loop(context: AiContext) -> Loop:
    """Rung as something became of documents or of their knowledge base."""

    async def work() -> bool:
        return await move_due(context) > 0

    return work_at_rings(CHANGES, work, url=context.settings.listen_url)


async def _move(context: AiContext, base: KnowledgeBase) -> None:
    model, until = base.next_embedding_model, time.monotonic() + SLICE_SECONDS
    if model is None:
        await _clear(context, base, besides=base.embedding_model)
        return
    while time.monotonic() < until:
        async with context.database.tenant_session(base.tenant_id) as session:
            missing = await writing.vectors_missing(session, base.id, model, BATCH)
        if not missing:
            await project_base(context.database, context.nearest, base.tenant_id, base.id, model)
            if await _switch(context, base, model):
                await _clear(context, base, besides=model)
            return
        vectors = await context.embeddings[model].embed([one.text for one in missing])
        async with context.database.tenant_session(base.tenant_id) as session:
            await writing.add_missing_vectors(session, base.tenant_id, base.id, missing, vectors, model=model)
    async with context.database.tenant_session(base.tenant_id) as session:
        await repository.move_on_at(session, base.id, datetime.now(UTC))


async def _switch(context: AiContext, base: KnowledgeBase, model: str) -> bool:
    """Whether it is searched by `model` from now on."""
    async with context.database.tenant_session(base.tenant_id) as session:
        locked = await repository.lock(session, base.id)
        if locked is None or locked.next_embedding_model != model:
            return False
        if await writing.vectors_missing(session, base.id, model, 1):
            return False  # a document became ready meanwhile: the next look goes on
        await repository.end_move(session, base.id, model)
        await writing.drop_vectors(session, base.id, besides=model)
    logger.info("knowledge.moved", knowledge_base_id=str(base.id), model=model)
    return True


async def _clear(context: AiContext, base: KnowledgeBase, *, besides: str) -> None:
    await context.nearest.drop(base.tenant_id, base.id, besides=besides)
    async with context.database.tenant_session(base.tenant_id) as session:
        await repository.end_clearing(session, base.id)
