"""Widgets: what anybody may ask on a business's website, from documents that are open to everyone."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from services.ai.answers.preparing import Question
from services.ai.assistants import service as assistants
from services.ai.context import AiContext
from services.ai.documents.access import VISITOR
from services.ai.widget import lookups, repository
from services.ai.widget.errors import OriginRefused, TooManyQuestions, WidgetNotFound
from services.ai.widget.models import Widget, WidgetQuestion
from services.ai.widget.schemas import NewWidget, ShownWidget, VisitorQuestion, WidgetAnswer

LIST, CHAT = "widgets", "widget_chat"
KEY_BYTES = 18


async def create(session: AsyncSession, member: Member, wanted: NewWidget) -> WidgetAnswer:
    """Raises AssistantNotFound."""
    await assistants.find(session, wanted.assistant_id)
    widget = Widget(
        tenant_id=member.tenant_id,
        id=new_id(),
        key=secrets.token_urlsafe(KEY_BYTES),
        created_at=datetime.now(UTC),
        **wanted.model_dump(),
    )
    await repository.add(session, widget)
    return _answer(widget)


async def change(session: AsyncSession, widget_id: UUID, wanted: NewWidget) -> WidgetAnswer:
    """Raises WidgetNotFound, AssistantNotFound."""
    await assistants.find(session, wanted.assistant_id)
    if not await repository.change(session, widget_id, wanted.model_dump()):
        raise WidgetNotFound
    return _answer(await _find(session, widget_id))


async def delete(session: AsyncSession, widget_id: UUID) -> None:
    """Raises WidgetNotFound."""
    if not await repository.remove(session, widget_id):
        raise WidgetNotFound


async def page(context: AiContext, tenant_id: UUID, paging: PageRequest) -> Page[WidgetAnswer]:
    """Raises BadCursor."""
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=LIST)[0])
    async with context.database.tenant_session(tenant_id) as session:
        found = await repository.page(session, before=before, limit=paging.limit + 1)
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.id], tenant_id=tenant_id, query=LIST),
    )
    return Page(items=[_answer(one) for one in items], next_cursor=cursor)


async def shown(context: AiContext, key: str, origin: str | None) -> ShownWidget:
    """What a page of this origin shows. Raises WidgetNotFound, OriginRefused."""
    owner = await _owner(context, key)
    async with context.database.tenant_session(owner.tenant_id) as session:
        widget = _open(await repository.find(session, owner.widget_id), origin)
        assistant = await assistants.read(session, widget.assistant_id)
    return ShownWidget(
        greeting=widget.greeting,
        colour=widget.colour,
        assistant=assistant.name,
        example_questions=assistant.current.example_questions,
    )


async def ask(context: AiContext, key: str, asked: VisitorQuestion, *, origin: str | None, address: str) -> Question:
    """The visitor's question as it may be answered, counted.

    Raises:
        WidgetNotFound, OriginRefused, TooManyQuestions, BadCursor (the chat is not one of this widget)
    """
    owner = await _owner(context, key)
    chat_id = None
    if asked.chat is not None:
        query = f"{CHAT}:{owner.widget_id}"
        chat_id = UUID(context.cursors.decode(asked.chat, tenant_id=owner.tenant_id, query=query)[0])
    now = datetime.now(UTC)
    visitor = _visitor(context, owner.widget_id, address, now)
    async with context.database.tenant_session(owner.tenant_id) as session:
        widget = _open(await repository.lock(session, owner.widget_id), origin)
        hour, day = now - timedelta(hours=1), now - timedelta(days=1)
        own = await repository.count_questions(session, widget.id, since=hour, visitor=visitor)
        if own >= widget.visitor_hourly:
            raise TooManyQuestions(retry_after=3600)
        if await repository.count_questions(session, widget.id, since=day) >= widget.daily:
            raise TooManyQuestions(retry_after=3600)
        counted = WidgetQuestion(
            tenant_id=owner.tenant_id, id=new_id(), widget_id=widget.id, visitor=visitor, created_at=now
        )
        await repository.add_question(session, counted)
        assistant_id = widget.assistant_id
    return Question(
        tenant_id=owner.tenant_id,
        assistant_id=assistant_id,
        asker=VISITOR,
        text=asked.question,
        channel="widget",
        chat_id=chat_id,
    )


async def chat_token(context: AiContext, key: str, tenant_id: UUID, chat_id: UUID) -> str:
    """What a visitor goes on with: nobody else can name the chat. Raises WidgetNotFound."""
    owner = await _owner(context, key)
    return context.cursors.encode([chat_id], tenant_id=tenant_id, query=f"{CHAT}:{owner.widget_id}")


async def _owner(context: AiContext, key: str) -> lookups.Owner:
    async with context.database.system_session() as session:
        owner = await lookups.owner_of(session, key)
    if owner is None or await context.access_modes.mode(owner.tenant_id) != "full":
        raise WidgetNotFound
    return owner


async def _find(session: AsyncSession, widget_id: UUID) -> Widget:
    found = await repository.find(session, widget_id)
    if found is None:
        raise WidgetNotFound
    await session.refresh(found)
    return found


def _open(widget: Widget | None, origin: str | None) -> Widget:
    if widget is None or not widget.is_on:
        raise WidgetNotFound
    if origin not in widget.origins:
        raise OriginRefused
    return widget


def _visitor(context: AiContext, widget_id: UUID, address: str, now: datetime) -> bytes:
    """The same for a visitor all day, for counting, and nothing by which one could be found again later."""
    key = context.settings.cursor_key.get_secret_value().encode()
    return hmac.new(key, f"{widget_id}:{now:%Y-%m-%d}:{address}".encode(), hashlib.sha256).digest()[:16]


def _answer(widget: Widget) -> WidgetAnswer:
    return WidgetAnswer.model_validate(widget, from_attributes=True)
