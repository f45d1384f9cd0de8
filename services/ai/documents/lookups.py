"""What is asked across tenants: which documents the worker is to look at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document


async def claim_due(session: AsyncSession, *, now: datetime, until: datetime, limit: int) -> Sequence[Document]:
    """Documents that are due, the longest waiting first. They come again at `until`, unless they are settled before."""
    due = select(Document).where(Document.due_at <= now).order_by(Document.due_at).limit(limit)
    claimed = (await session.scalars(due.with_for_update(skip_locked=True))).all()
    for document in claimed:
        document.due_at = until
        document.fence += 1
    return claimed
