"""Widgets, for the business; and what its website's pages ask."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from libs.common.http_client import ServiceUnavailable
from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from libs.contracts.billing import LimitReached
from services.ai.answers import streaming
from services.ai.answers.errors import ChatNotFound
from services.ai.answers.preparing import Prepared, prepare
from services.ai.answers.writing import Writer
from services.ai.assistants.errors import AssistantNotFound
from services.ai.deps import Context, Managing, OnlyOnce, Paging
from services.ai.limits.errors import BudgetReached
from services.ai.widget import service
from services.ai.widget.errors import OriginRefused, TooManyQuestions, WidgetNotFound
from services.ai.widget.schemas import NewWidget, ShownWidget, VisitorQuestion, WidgetAnswer

router = APIRouter(prefix="/v1/assistant-widgets", tags=["Assistant"])
public_router = APIRouter(prefix="/v1/widget", tags=["Widget"])
Key = Annotated[str, Path(min_length=1, max_length=100, description="The key of the script tag.")]
OfPage = Annotated[str | None, Header(alias="Origin", description="As browsers send it.")]


@router.post(
    "",
    operation_id="create_widget",
    summary="Make a widget",
    status_code=201,
    response_model=WidgetAnswer,
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, KeyInUse, KeyReused),
)
async def create_widget(body: NewWidget, member: Managing, context: Context, once: OnlyOnce) -> Response:
    """An assistant for visitors of your website. It answers from documents whose audience is everyone."""

    async def write() -> BaseModel:
        return await service.create(session, member, body)

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.get(
    "",
    operation_id="list_widgets",
    summary="List widgets",
    responses=problem_responses(Unauthenticated, Forbidden, BadCursor),
)
async def list_widgets(member: Managing, context: Context, paging: Paging) -> Page[WidgetAnswer]:
    """The newest first."""
    return await service.page(context, member.tenant_id, paging)


@router.put(
    "/{widget_id}",
    operation_id="change_widget",
    summary="Change a widget",
    responses=problem_responses(Unauthenticated, Forbidden, WidgetNotFound, AssistantNotFound),
)
async def change_widget(widget_id: UUID, body: NewWidget, member: Managing, context: Context) -> WidgetAnswer:
    """Its key stays; what is changed holds at once."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.change(session, widget_id, body)


@router.delete(
    "/{widget_id}",
    operation_id="delete_widget",
    summary="Delete a widget",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, WidgetNotFound),
)
async def delete_widget(widget_id: UUID, member: Managing, context: Context) -> None:
    """Pages that still name its key show nothing."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.delete(session, widget_id)


@public_router.get(
    "/{key}",
    operation_id="show_widget",
    summary="Read what a page shows",
    responses=problem_responses(WidgetNotFound, OriginRefused),
)
async def show_widget(key: Key, context: Context, origin: OfPage = None) -> ShownWidget:
    """For pages of the widget's origins alone."""
    return await service.shown(context, key, origin)


async def _asked(
    key: Key, body: VisitorQuestion, request: Request, context: Context, origin: OfPage = None
) -> Prepared:
    # The gateway says who calls; it lets nobody else say it.
    address = request.headers.get("x-forwarded-for", "")
    return await prepare(context, await service.ask(context, key, body, origin=origin, address=address))


@public_router.post(
    "/{key}/answers/stream",
    operation_id="ask_widget",
    summary="Ask on a website",
    response_class=EventSourceResponse,
    responses=problem_responses(
        WidgetNotFound,
        OriginRefused,
        TooManyQuestions,
        BadCursor,
        ChatNotFound,
        AssistantNotFound,
        LimitReached,
        BudgetReached,
        ServiceUnavailable,
    ),
)
async def ask_widget(
    key: Key, prepared: Annotated[Prepared, Depends(_asked)], context: Context
) -> AsyncIterator[ServerSentEvent]:
    """`started` with what to send to go on with the chat, then `text`, `citation` and `ended` as they come.

    Visitors see which document and page a claim is from, and no ids.
    """
    chat = await service.chat_token(context, key, prepared.question.tenant_id, prepared.chat_id)
    async with aclosing(Writer(context, prepared).events()) as events:
        yield streaming.started_for_visitor(prepared, chat)
        async for event in events:
            if (shown := streaming.encoded_for_visitor(event)) is not None:
                yield shown
