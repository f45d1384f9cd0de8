"""Evaluation sets: what is asked of every version of an assistant, and how it did."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from libs.common.problems import Conflict
from services.ai.assistants import service as assistants
from services.ai.context import AiContext
from services.ai.evaluation import repository
from services.ai.evaluation.errors import NothingToEvaluate, QuestionNotFound, RunNotFound
from services.ai.evaluation.models import EvaluationQuestion, EvaluationRun
from services.ai.evaluation.schemas import (
    MOST_QUESTIONS,
    EvaluationQuestionAnswer,
    NewEvaluationQuestion,
    RunAnswer,
    Scores,
    WholeRunAnswer,
)

RUNS = "evaluation_runs"


class SetFull(Conflict):
    code = "evaluation_set_full"
    default_detail = f"An evaluation set has at most {MOST_QUESTIONS} questions. Delete some first."


async def add_question(
    session: AsyncSession, member: Member, assistant_id: UUID, wanted: NewEvaluationQuestion
) -> EvaluationQuestionAnswer:
    """Raises AssistantNotFound, SetFull."""
    await assistants.find(session, assistant_id)
    if len(await repository.questions(session, assistant_id)) >= MOST_QUESTIONS:
        raise SetFull
    question = EvaluationQuestion(
        tenant_id=member.tenant_id,
        id=new_id(),
        assistant_id=assistant_id,
        created_at=datetime.now(UTC),
        **wanted.model_dump(),
    )
    await repository.add_question(session, question)
    return _question(question)


async def questions(session: AsyncSession, assistant_id: UUID) -> list[EvaluationQuestionAnswer]:
    """Raises AssistantNotFound."""
    await assistants.find(session, assistant_id)
    return [_question(one) for one in await repository.questions(session, assistant_id)]


async def remove_question(session: AsyncSession, assistant_id: UUID, question_id: UUID) -> None:
    """Raises QuestionNotFound."""
    if not await repository.remove_question(session, assistant_id, question_id):
        raise QuestionNotFound


async def begin(session: AsyncSession, member: Member, assistant_id: UUID, number: int | None) -> RunAnswer:
    """Raises AssistantNotFound, VersionNotFound, NothingToEvaluate."""
    version = await assistants.find(session, assistant_id, number=number)
    asked = await repository.questions(session, assistant_id)
    if not asked:
        raise NothingToEvaluate
    now = datetime.now(UTC)
    run = EvaluationRun(
        tenant_id=member.tenant_id,
        id=new_id(),
        assistant_id=assistant_id,
        version=version.number,
        state="running",
        asker_id=member.user_id,
        asker_role=member.role,
        done=0,
        total=len(asked),
        results=[],
        scores={},
        fence=0,
        due_at=now,
        created_at=now,
    )
    await repository.add_run(session, run)
    return _run(run)


async def read(session: AsyncSession, assistant_id: UUID, run_id: UUID) -> WholeRunAnswer:
    """Raises RunNotFound."""
    run = await repository.find_run(session, assistant_id, run_id)
    if run is None:
        raise RunNotFound
    return WholeRunAnswer(**_run(run).model_dump(), results=run.results)


async def page(context: AiContext, tenant_id: UUID, assistant_id: UUID, paging: PageRequest) -> Page[RunAnswer]:
    """Raises AssistantNotFound, BadCursor."""
    query = f"{RUNS}:{assistant_id}"
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=query)[0])
    async with context.database.tenant_session(tenant_id) as session:
        await assistants.find(session, assistant_id)
        found = await repository.runs(session, assistant_id, before=before, limit=paging.limit + 1)
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.id], tenant_id=tenant_id, query=query),
    )
    return Page(items=[_run(one) for one in items], next_cursor=cursor)


def _question(question: EvaluationQuestion) -> EvaluationQuestionAnswer:
    return EvaluationQuestionAnswer.model_validate(question, from_attributes=True)


def _run(run: EvaluationRun) -> RunAnswer:
    return RunAnswer(
        id=run.id,
        version=run.version,
        state=run.state,
        reason=run.reason,
        done=run.done,
        total=run.total,
        scores=Scores.model_validate(run.scores),
        created_at=run.created_at,
        finished_at=run.finished_at,
    )
