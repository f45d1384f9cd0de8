"""What is asked across tenants: which questions in conversations a worker takes up."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ai.conversations.models import ConversationQuestion as Question


async def claim_due(session: AsyncSession, *, now: datetime, until: datetime, limit: int) -> Sequence[Question]:
    """Questions that are due, the longest waiting first; of a conversation, an assistant has one at a time, in order.

    They come again at `until`, unless they are settled, or held for longer, before.
    """
    earlier = aliased(Question)
    waits_for = exists().where(
        earlier.tenant_id == Question.tenant_id,
        earlier.conversation_id == Question.conversation_id,
        earlier.assistant_id == Question.assistant_id,
        earlier.state == "waiting",
        earlier.seq < Question.seq,
    )
    due = select(Question).where(Question.due_at <= now, ~waits_for).order_by(Question.due_at).limit(limit)
    claimed = (await session.scalars(due.with_for_update(skip_locked=True, of=Question))).all()
    for question in claimed:
        question.due_at = until
        question.fence += 1
    return claimed
