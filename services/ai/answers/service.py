"""Chats and answers, as their askers see them again."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from services.ai.answers import repository, views
from services.ai.answers.basis import hidden_from
from services.ai.answers.errors import AnswerLost, AnswerNotFound, AnswerRunning, ChatNotFound
from services.ai.answers.events import Ended
from services.ai.answers.models import Answer
from services.ai.answers.preparing import Prepared
from services.ai.answers.schemas import AnswerAnswer, ChatAnswer, Feedback
from services.ai.answers.writing import Writer
from services.ai.context import AiContext
from services.ai.documents.access import Asker

CHATS, ANSWERS = "chats", "answers"


async def whole(context: AiContext, prepared: Prepared) -> AnswerAnswer:
    """The answer once it has ended, however it did. Raises AnswerLost."""
    async with aclosing(Writer(context, prepared).events()) as events:
        async for event in events:
            if isinstance(event, Ended):
                return event.answer
    raise AnswerLost


async def read(context: AiContext, member: Member, answer_id: UUID) -> AnswerAnswer:
    """Raises AnswerNotFound."""
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.find(session, answer_id, user_id=member.user_id)
        if found is None:
            raise AnswerNotFound
        [shown] = await _shown(session, member, [found])
    return shown


async def stop(context: AiContext, member: Member, answer_id: UUID) -> None:
    """Whichever process writes it ends it; one that has ended stays as it is. Raises AnswerNotFound."""
    async with context.database.tenant_session(member.tenant_id) as session:
        if await repository.find(session, answer_id, user_id=member.user_id) is None:
            raise AnswerNotFound
        await repository.ask_to_stop(session, answer_id)


async def rate(context: AiContext, member: Member, answer_id: UUID, feedback: Feedback) -> AnswerAnswer:
    """Raises AnswerNotFound, AnswerRunning."""
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.find(session, answer_id, user_id=member.user_id)
        if found is None:
            raise AnswerNotFound
        if found.state == "running":
            raise AnswerRunning
        await repository.rate(session, answer_id, rating=feedback.rating, comment=feedback.comment)
        await session.refresh(found)
        [shown] = await _shown(session, member, [found])
    return shown


async def chats(context: AiContext, member: Member, paging: PageRequest, assistant_id: UUID | None) -> Page[ChatAnswer]:
    """Raises BadCursor."""
    query = f"{CHATS}:{member.user_id}:{assistant_id}"
    before: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        updated_at, last_id = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)
        before = datetime.fromisoformat(updated_at), UUID(last_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.chats(
            session, user_id=member.user_id, assistant_id=assistant_id, before=before, limit=paging.limit + 1
        )
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode(
            [last.updated_at.isoformat(), last.id], tenant_id=member.tenant_id, query=query
        ),
    )
    return Page(items=[views.chat(one) for one in items], next_cursor=cursor)


async def answers(context: AiContext, member: Member, chat_id: UUID, paging: PageRequest) -> Page[AnswerAnswer]:
    """The latest first. Raises ChatNotFound, BadCursor."""
    query = f"{ANSWERS}:{chat_id}"
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)[0])
    async with context.database.tenant_session(member.tenant_id) as session:
        if await repository.find_chat(session, chat_id, user_id=member.user_id) is None:
            raise ChatNotFound
        found = await repository.of_chat(session, chat_id, before=before, limit=paging.limit + 1)
        items, cursor = page_of(
            found,
            limit=paging.limit,
            cursor_after=lambda last: context.cursors.encode([last.id], tenant_id=member.tenant_id, query=query),
        )
        return Page(items=await _shown(session, member, items), next_cursor=cursor)


async def _shown(session: AsyncSession, member: Member, found: Sequence[Answer]) -> list[AnswerAnswer]:
    """As the member may see them now: who may not read a document any more does not see what stood in it."""
    hidden = await hidden_from(session, Asker.of(member), found)
    return [views.answer(one, hidden=one.id in hidden) for one in found]


async def delete_chat(context: AiContext, member: Member, chat_id: UUID) -> None:
    """With its answers. Raises ChatNotFound."""
    async with context.database.tenant_session(member.tenant_id) as session:
        if await repository.find_chat(session, chat_id, user_id=member.user_id) is None:
            raise ChatNotFound
        await repository.remove_chat(session, chat_id)
