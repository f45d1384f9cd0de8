"""What is asked across tenants: which knowledge bases move to another embedding model."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.knowledge.models import KnowledgeBase


async def claim_moving(session: AsyncSession, *, now: datetime, until: datetime) -> Sequence[KnowledgeBase]:
    """The one that waited longest; it comes again at `until`, unless the move ends before."""
    due = select(KnowledgeBase).where(KnowledgeBase.moving_due_at <= now).order_by(KnowledgeBase.moving_due_at).limit(1)
    claimed = (await session.scalars(due.with_for_update(skip_locked=True))).all()
    for one in claimed:
        one.moving_due_at = until
    return claimed
