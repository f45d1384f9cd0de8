"""All SQL of evaluation sets and their runs, within one tenant."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.context import EVALUATIONS
from services.ai.evaluation.models import EvaluationQuestion, EvaluationRun


async def add_question(session: AsyncSession, question: EvaluationQuestion) -> None:
    session.add(question)
    await session.flush()


async def questions(session: AsyncSession, assistant_id: UUID) -> Sequence[EvaluationQuestion]:
    """In the order in which they were added."""
    wanted = select(EvaluationQuestion).where(EvaluationQuestion.assistant_id == assistant_id)
    return (await session.scalars(wanted.order_by(EvaluationQuestion.id))).all()


async def remove_question(session: AsyncSession, assistant_id: UUID, question_id: UUID) -> bool:
    """False if there is none."""
    gone = (
        delete(EvaluationQuestion)
        .where(EvaluationQuestion.id == question_id, EvaluationQuestion.assistant_id == assistant_id)
        .returning(EvaluationQuestion.id)
    )
    return await session.scalar(gone) is not None


async def add_run(session: AsyncSession, run: EvaluationRun) -> None:
    """The worker hears of it once this is committed."""
    session.add(run)
    await session.flush()
    await session.execute(select(func.pg_notify(EVALUATIONS, "")))


async def find_run(session: AsyncSession, assistant_id: UUID, run_id: UUID) -> EvaluationRun | None:
    found: EvaluationRun | None = await session.scalar(
        select(EvaluationRun).where(EvaluationRun.id == run_id, EvaluationRun.assistant_id == assistant_id)
    )
    return found


async def runs(
    session: AsyncSession, assistant_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[EvaluationRun]:
    """The latest first."""
    wanted = select(EvaluationRun).where(EvaluationRun.assistant_id == assistant_id)
    if before is not None:
        wanted = wanted.where(EvaluationRun.id < before)
    return (await session.scalars(wanted.order_by(EvaluationRun.id.desc()).limit(limit))).all()


async def go_on(session: AsyncSession, run: EvaluationRun, **values: object) -> bool:
    """Writes how far it is; False if another worker has it."""
    written = (
        update(EvaluationRun)
        .where(EvaluationRun.id == run.id, EvaluationRun.state == "running", EvaluationRun.fence == run.fence)
        .values(**values)
        .returning(EvaluationRun.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(written) is not None


async def postpone(session: AsyncSession, run: EvaluationRun, until: datetime) -> None:
    await go_on(session, run, due_at=until)
