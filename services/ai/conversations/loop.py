"""The worker's loop over questions in conversations: rung as one is asked, or answered."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from libs.common.bell import work_at_rings
from libs.common.service import Loop
from services.ai.context import AiContext
from services.ai.conversations import lookups
from services.ai.conversations.answering import LEASE, take_up
from services.ai.conversations.models import ConversationQuestion
from services.ai.conversations.repository import BELL

AT_ONCE = 4
FINISH_SECONDS = 15.0
"""How long a worker that is told to end goes on with what it writes."""
logger = structlog.get_logger()


async def claim(context: AiContext, *, limit: int = AT_ONCE) -> Sequence[ConversationQuestion]:
    """Questions that are due, for this process to take up."""
    now = datetime.now(UTC)
    async with context.database.system_session() as session:
        return await lookups.claim_due(session, now=now, until=now + LEASE, limit=limit)


def conversation_loop(context: AiContext) -> Loop:
    """Takes up what is due while fewer than `AT_ONCE` are answered: a long answer keeps no other one waiting."""
    answering: set[asyncio.Task[None]] = set()

    def ended(task: "asyncio.Task[None]") -> None:
        answering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("conversation.answer_broke", exc_info=error)

    async def work() -> bool:
        if len(answering) >= AT_ONCE:
            await asyncio.wait(answering, return_when=asyncio.FIRST_COMPLETED)
        claimed = await claim(context, limit=AT_ONCE - len(answering))
        for question in claimed:
            task = asyncio.create_task(take_up(context, question))
            answering.add(task)
            task.add_done_callback(ended)
        return bool(claimed)

    async def loop(stop: asyncio.Event) -> None:
        try:
            await work_at_rings(BELL, work, url=context.settings.listen_url)(stop)
            if answering:
                await asyncio.wait(answering, timeout=FINISH_SECONDS)
        finally:
            left = list(answering)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    return loop
