"""What is asked across tenants: which evaluations the worker goes on with."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.evaluation.models import EvaluationRun


async def claim_due(session: AsyncSession, *, now: datetime, until: datetime, limit: int) -> Sequence[EvaluationRun]:
    """The longest waiting first. They come again at `until`, unless they are settled before."""
    due = select(EvaluationRun).where(EvaluationRun.due_at <= now).order_by(EvaluationRun.due_at).limit(limit)
    claimed = (await session.scalars(due.with_for_update(skip_locked=True))).all()
    for run in claimed:
        run.due_at = until
        run.fence += 1
    return claimed
