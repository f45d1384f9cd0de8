"""The worker's part: asks a version every question of the set, and goes on where a dead worker was."""

from datetime import UTC, datetime, timedelta

import structlog

from libs.common.bell import work_at_rings
from libs.common.loops import EXPECTED
from libs.common.problems import Problem
from libs.common.service import Loop
from libs.contracts.billing import LimitReached
from services.ai.answers import service as answers
from services.ai.answers.preparing import Question, prepare
from services.ai.assistants.errors import AssistantNotFound, VersionNotFound
from services.ai.context import EVALUATIONS, AiContext
from services.ai.documents.access import Asker
from services.ai.evaluation import lookups, repository
from services.ai.evaluation.models import EvaluationRun
from services.ai.evaluation.schemas import Result
from services.ai.evaluation.scoring import judge, scores
from services.ai.limits.errors import BudgetReached

LEASE = timedelta(minutes=5)
PAUSE = timedelta(seconds=20)
FINAL = (LimitReached, BudgetReached, AssistantNotFound, VersionNotFound)
logger = structlog.get_logger()


async def go_on_with_due(context: AiContext) -> int:
    """Asks one question of each of a few runs that are due, and returns of how many."""
    now = datetime.now(UTC)
    async with context.database.system_session() as session:
        claimed = await lookups.claim_due(session, now=now, until=now + LEASE, limit=2)
    for run in claimed:
        await _go_on(context, run)
    return len(claimed)


def evaluation_loop(context: AiContext) -> Loop:
    """Rung as an evaluation begins."""

    async def work() -> bool:
        return await go_on_with_due(context) > 0

    return work_at_rings(EVALUATIONS, work, url=context.settings.listen_url)


async def _go_on(context: AiContext, run: EvaluationRun) -> None:
    try:
        await _ask_next(context, run)
    except FINAL as problem:
        await _end(context, run, state="failed", reason=problem.code)
    except EXPECTED as error:
        reason = error.code if isinstance(error, Problem) else repr(error)
        logger.warning("evaluation.waiting", run_id=str(run.id), reason=reason)
        async with context.database.tenant_session(run.tenant_id) as session:
            await repository.postpone(session, run, datetime.now(UTC) + PAUSE)


async def _ask_next(context: AiContext, run: EvaluationRun) -> None:
    async with context.database.tenant_session(run.tenant_id) as session:
        questions = await repository.questions(session, run.assistant_id)
    results = [Result.model_validate(one) for one in run.results]
    asked = {result.question_id for result in results}
    question = next((one for one in questions if one.id not in asked), None)
    if question is None:
        await _end(context, run, state="done", reason=None, scores=scores(questions, results).model_dump())
        return
    prepared = await prepare(
        context,
        Question(
            tenant_id=run.tenant_id,
            assistant_id=run.assistant_id,
            asker=Asker(user_id=run.asker_id, role=run.asker_role),
            text=question.question,
            channel="evaluation",
            version=run.version,
        ),
    )
    answer = await answers.whole(context, prepared)
    if answer.state != "done":
        await _end(context, run, state="failed", reason=answer.reason)
        return
    results.append(judge(question, answer))
    values = {
        "results": [one.model_dump(mode="json") for one in results],
        "scores": scores(questions, results).model_dump(),
        "done": len(results),
        "total": max(run.total, len(results)),
        "due_at": datetime.now(UTC),
    }
    async with context.database.tenant_session(run.tenant_id) as session:
        await repository.go_on(session, run, **values)


async def _end(context: AiContext, run: EvaluationRun, *, state: str, reason: str | None, **values: object) -> None:
    now = datetime.now(UTC)
    async with context.database.tenant_session(run.tenant_id) as session:
        await repository.go_on(session, run, state=state, reason=reason, due_at=None, finished_at=now, **values)
