"""All SQL of chats and answers, within one tenant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.answers.models import Answer, Chat
from services.ai.context import STOPS


async def add_chat(session: AsyncSession, chat: Chat) -> None:
    session.add(chat)
    await session.flush()


async def find_chat(session: AsyncSession, chat_id: UUID, *, user_id: UUID | None) -> Chat | None:
    """The chat, if it is that person's; a visitor's has no person."""
    found: Chat | None = await session.scalar(
        select(Chat).where(Chat.id == chat_id, Chat.user_id.is_not_distinct_from(user_id))
    )
    return found


async def chats(
    session: AsyncSession, *, user_id: UUID, assistant_id: UUID | None, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Chat]:
    """A person's chats in the app, the latest first."""
    wanted = select(Chat).where(Chat.user_id == user_id, Chat.channel == "app")
    if assistant_id is not None:
        wanted = wanted.where(Chat.assistant_id == assistant_id)
    if before is not None:
        wanted = wanted.where((Chat.updated_at < before[0]) | ((Chat.updated_at == before[0]) & (Chat.id < before[1])))
    return (await session.scalars(wanted.order_by(Chat.updated_at.desc(), Chat.id.desc()).limit(limit))).all()


async def remove_chat(session: AsyncSession, chat_id: UUID) -> None:
    """With its answers."""
    await session.execute(delete(Chat).where(Chat.id == chat_id))


async def add(session: AsyncSession, answer: Answer) -> None:
    session.add(answer)
    await session.execute(update(Chat).where(Chat.id == answer.chat_id).values(updated_at=answer.created_at))
    await session.flush()


async def find(session: AsyncSession, answer_id: UUID, *, user_id: UUID | None) -> Answer | None:
    """The answer, if it was given to that person."""
    found: Answer | None = await session.scalar(
        select(Answer)
        .join(Chat, (Chat.tenant_id == Answer.tenant_id) & (Chat.id == Answer.chat_id))
        .where(Answer.id == answer_id, Chat.user_id.is_not_distinct_from(user_id))
    )
    return found


async def of_chat(session: AsyncSession, chat_id: UUID, *, before: UUID | None, limit: int) -> Sequence[Answer]:
    """The latest first."""
    wanted = select(Answer).where(Answer.chat_id == chat_id)
    if before is not None:
        wanted = wanted.where(Answer.id < before)
    return (await session.scalars(wanted.order_by(Answer.id.desc()).limit(limit))).all()


async def finish(session: AsyncSession, answer_id: UUID, values: Mapping[str, object]) -> bool:
    """Writes how the answer ended, once; False if it had ended before, or its chat is gone."""
    ended = (
        update(Answer)
        .where(Answer.id == answer_id, Answer.state == "running")
        .values(**values)
        .returning(Answer.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(ended) is not None


async def rate(session: AsyncSession, answer_id: UUID, *, rating: int | None, comment: str | None) -> None:
    await session.execute(update(Answer).where(Answer.id == answer_id).values(rating=rating, comment=comment))


async def ask_to_stop(session: AsyncSession, answer_id: UUID) -> None:
    """Tells whichever process writes the answer, once this is committed."""
    await session.execute(select(func.pg_notify(STOPS, str(answer_id))))
