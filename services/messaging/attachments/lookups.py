"""What is asked across tenants: which files the worker is to look at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.attachments.models import Attachment


async def claim_due(session: AsyncSession, *, now: datetime, until: datetime, limit: int) -> Sequence[Attachment]:
    """Files that are due, the longest waiting first. They come again at `until`, unless they are settled before."""
    due = select(Attachment).where(Attachment.due_at <= now).order_by(Attachment.due_at).limit(limit)
    claimed = (await session.scalars(due.with_for_update(skip_locked=True))).all()
    for attachment in claimed:
        attachment.due_at = until
        attachment.attempts += 1
    return claimed


async def next_due(session: AsyncSession) -> datetime | None:
    """When a file is due next."""
    return await session.scalar(select(func.min(Attachment.due_at)))
