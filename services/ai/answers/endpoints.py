"""Asking, and what was asked before."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from libs.common.http_client import ServiceUnavailable
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from libs.contracts.billing import LimitReached
from services.ai.answers import service, streaming
from services.ai.answers.errors import AnswerLost, AnswerNotFound, AnswerRunning, ChatNotFound
from services.ai.answers.estimating import estimate
from services.ai.answers.preparing import Prepared, Question, prepare
from services.ai.answers.schemas import AnswerAnswer, ChatAnswer, EstimateAnswer, Feedback, NewQuestion
from services.ai.answers.writing import Writer
from services.ai.assistants.errors import AssistantNotFound, VersionNotFound
from services.ai.deps import Asking, Context, Paging
from services.ai.documents.access import Asker
from services.ai.limits.errors import BudgetReached

router = APIRouter(prefix="/v1", tags=["Assistant"])
ASKED = (
    Unauthenticated,
    Forbidden,
    AssistantNotFound,
    VersionNotFound,
    ChatNotFound,
    LimitReached,
    BudgetReached,
    ServiceUnavailable,
)


def _question(assistant_id: UUID, body: NewQuestion, member: Asking) -> Question:
    return Question(
        tenant_id=member.tenant_id,
        assistant_id=assistant_id,
        asker=Asker.of(member),
        text=body.question,
        channel="app",
        chat_id=body.chat_id,
        version=body.version,
    )


async def _prepared(assistant_id: UUID, body: NewQuestion, member: Asking, context: Context) -> Prepared:
    """What forbids an answer is known before the stream begins: afterwards it could not be a status any more."""
    return await prepare(context, _question(assistant_id, body, member))


@router.post(
    "/assistants/{assistant_id}/answers",
    operation_id="ask_assistant",
    summary="Ask, and wait for the answer",
    status_code=201,
    responses=problem_responses(*ASKED, AnswerLost),
)
async def ask_assistant(prepared: Annotated[Prepared, Depends(_prepared)], context: Context) -> AnswerAnswer:
    """The whole answer with its citations and its receipt. Its `state` says how it ended."""
    return await service.whole(context, prepared)


@router.post(
    "/assistants/{assistant_id}/answers/stream",
    operation_id="stream_answer",
    summary="Ask, and read the answer as it is written",
    response_class=EventSourceResponse,
    responses=problem_responses(*ASKED),
)
async def stream_answer(
    prepared: Annotated[Prepared, Depends(_prepared)], context: Context
) -> AsyncIterator[ServerSentEvent]:
    """`started` with the ids, `sources`, then `text` and `citation` as they come, and `ended` with the whole answer.

    Who closes the stream stops the answer; what was written until then is kept.
    """
    async with aclosing(Writer(context, prepared).events()) as events:
        yield streaming.started(prepared)
        async for event in events:
            yield streaming.encoded(event)


@router.post(
    "/assistants/{assistant_id}/estimate",
    operation_id="estimate_answer",
    summary="Ask what an answer may cost",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, VersionNotFound, ChatNotFound),
)
async def estimate_answer(assistant_id: UUID, body: NewQuestion, member: Asking, context: Context) -> EstimateAnswer:
    """Nothing is asked, reserved or charged."""
    return await estimate(context, _question(assistant_id, body, member))


@router.get(
    "/answers/{answer_id}",
    operation_id="get_answer",
    summary="Read an answer",
    responses=problem_responses(Unauthenticated, Forbidden, AnswerNotFound),
)
async def get_answer(answer_id: UUID, member: Asking, context: Context) -> AnswerAnswer:
    """With its citations and its receipt."""
    return await service.read(context, member, answer_id)


@router.post(
    "/answers/{answer_id}/stop",
    operation_id="stop_answer",
    summary="Stop an answer",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, AnswerNotFound),
)
async def stop_answer(answer_id: UUID, member: Asking, context: Context) -> None:
    """Also from another window. What was written is kept; an answer that has ended stays as it is."""
    await service.stop(context, member, answer_id)


@router.put(
    "/answers/{answer_id}/feedback",
    operation_id="rate_answer",
    summary="Say whether an answer helped",
    responses=problem_responses(Unauthenticated, Forbidden, AnswerNotFound, AnswerRunning),
)
async def rate_answer(answer_id: UUID, body: Feedback, member: Asking, context: Context) -> AnswerAnswer:
    """In place of what you said before."""
    return await service.rate(context, member, answer_id, body)


@router.get(
    "/chats",
    operation_id="list_chats",
    summary="List your chats",
    responses=problem_responses(Unauthenticated, Forbidden, BadCursor),
)
async def list_chats(
    member: Asking,
    context: Context,
    paging: Paging,
    assistant_id: Annotated[UUID | None, Query(description="Only chats with this assistant.")] = None,
) -> Page[ChatAnswer]:
    """Those in the app, the latest first."""
    return await service.chats(context, member, paging, assistant_id)


@router.get(
    "/chats/{chat_id}/answers",
    operation_id="list_answers",
    summary="Read a chat",
    responses=problem_responses(Unauthenticated, Forbidden, ChatNotFound, BadCursor),
)
async def list_answers(chat_id: UUID, member: Asking, context: Context, paging: Paging) -> Page[AnswerAnswer]:
    """Its questions with their answers, the latest first."""
    return await service.answers(context, member, chat_id, paging)


@router.delete(
    "/chats/{chat_id}",
    operation_id="delete_chat",
    summary="Delete a chat",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, ChatNotFound),
)
async def delete_chat(chat_id: UUID, member: Asking, context: Context) -> None:
    """With all its questions and answers."""
    await service.delete_chat(context, member, chat_id)
