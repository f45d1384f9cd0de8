"""Evaluation sets of assistants, and how their versions did."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.ai.assistants.errors import AssistantNotFound, VersionNotFound
from services.ai.deps import Context, Managing, OnlyOnce, Paging
from services.ai.evaluation import service
from services.ai.evaluation.errors import NothingToEvaluate, QuestionNotFound, RunNotFound
from services.ai.evaluation.schemas import (
    EvaluationQuestionAnswer,
    NewEvaluationQuestion,
    NewRun,
    RunAnswer,
    WholeRunAnswer,
)
from services.ai.evaluation.service import SetFull

router = APIRouter(prefix="/v1/assistants/{assistant_id}", tags=["Assistant"])


class QuestionsAnswer(BaseModel):
    """An assistant's evaluation set, in the order in which it was made."""

    items: list[EvaluationQuestionAnswer]


@router.get(
    "/evaluation-questions",
    operation_id="list_evaluation_questions",
    summary="Read the evaluation set",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound),
)
async def list_evaluation_questions(assistant_id: UUID, member: Managing, context: Context) -> QuestionsAnswer:
    """What every version of the assistant is asked."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return QuestionsAnswer(items=await service.questions(session, assistant_id))


@router.post(
    "/evaluation-questions",
    operation_id="add_evaluation_question",
    summary="Add a question to the evaluation set",
    status_code=201,
    response_model=EvaluationQuestionAnswer,
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, SetFull, KeyInUse, KeyReused),
)
async def add_evaluation_question(
    assistant_id: UUID, body: NewEvaluationQuestion, member: Managing, context: Context, once: OnlyOnce
) -> Response:
    """With what is expected of its answer."""

    async def write() -> BaseModel:
        return await service.add_question(session, member, assistant_id, body)

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.delete(
    "/evaluation-questions/{question_id}",
    operation_id="delete_evaluation_question",
    summary="Delete a question of the evaluation set",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, QuestionNotFound),
)
async def delete_evaluation_question(assistant_id: UUID, question_id: UUID, member: Managing, context: Context) -> None:
    """Evaluations before are kept as they were."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.remove_question(session, assistant_id, question_id)


@router.post(
    "/evaluations",
    operation_id="begin_evaluation",
    summary="Evaluate a version",
    status_code=201,
    response_model=RunAnswer,
    responses=problem_responses(
        Unauthenticated, Forbidden, AssistantNotFound, VersionNotFound, NothingToEvaluate, KeyInUse, KeyReused
    ),
)
async def begin_evaluation(
    assistant_id: UUID, body: NewRun, member: Managing, context: Context, once: OnlyOnce
) -> Response:
    """Asks it every question of the set; each counts as a question of yours."""

    async def write() -> BaseModel:
        return await service.begin(session, member, assistant_id, body.version)

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.get(
    "/evaluations",
    operation_id="list_evaluations",
    summary="List an assistant's evaluations",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, BadCursor),
)
async def list_evaluations(assistant_id: UUID, member: Managing, context: Context, paging: Paging) -> Page[RunAnswer]:
    """The latest first, with their scores."""
    return await service.page(context, member.tenant_id, assistant_id, paging)


@router.get(
    "/evaluations/{run_id}",
    operation_id="get_evaluation",
    summary="Read an evaluation",
    responses=problem_responses(Unauthenticated, Forbidden, RunNotFound),
)
async def get_evaluation(assistant_id: UUID, run_id: UUID, member: Managing, context: Context) -> WholeRunAnswer:
    """With what was answered to each question."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.read(session, assistant_id, run_id)
