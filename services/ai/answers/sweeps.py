"""Answers whose process died while it wrote them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.sweeps import Sweep
from services.ai.answers.models import Answer

LONGEST = timedelta(minutes=10)
"""No model is waited for that long."""


async def _end_abandoned(session: AsyncSession, _now: datetime) -> int:
    """Nothing was charged for them: what was reserved lapses by itself."""
    ended = (
        update(Answer)
        .where(Answer.state == "running", Answer.created_at < datetime.now(UTC) - LONGEST)
        .values(state="failed", reason="interrupted", finished_at=datetime.now(UTC))
        .returning(Answer.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(ended)).all())


def abandoned_answers_sweep() -> Sweep:
    """Ends them, so that nobody waits for ever."""
    return Sweep(name="abandoned_answers", every=60, run=_end_abandoned)
