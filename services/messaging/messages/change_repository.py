"""All SQL that changes messages. Everything here is called with the conversation's stream held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.messages.models import Mention, Message, MessageRevision, Reaction
from services.messaging.search.models import MessageSearch


async def change(session: AsyncSession, message_id: UUID, **values: Any) -> None:
    """Sets columns of the message."""
    await session.execute(
        update(Message).where(Message.id == message_id).values(values).execution_options(synchronize_session=False)
    )


async def keep_revision(session: AsyncSession, message: Message) -> None:
    """Keeps what the message says now."""
    if message.text is None:
        raise ValueError("a deleted message says nothing")
    session.add(
        MessageRevision(
            tenant_id=message.tenant_id,
            message_id=message.id,
            revision=message.revision,
            text=message.text,
            written_at=message.edited_at or message.created_at,
        )
    )
    await session.flush()


async def name_members(session: AsyncSession, message: Message, user_ids: Collection[UUID]) -> None:
    """The message names these people, and no others any more."""
    others = delete(Mention).where(Mention.message_id == message.id, Mention.user_id.not_in(user_ids))
    await session.execute(others.execution_options(synchronize_session=False))
    if user_ids:
        rows = [
            {
                "tenant_id": message.tenant_id,
                "user_id": user_id,
                "message_id": message.id,
                "conversation_id": message.conversation_id,
                "seq": message.seq,
            }
            for user_id in user_ids
        ]
        await session.execute(insert(Mention).on_conflict_do_nothing(), rows)


async def index(session: AsyncSession, message: Message, tokens: Sequence[int]) -> None:
    """By these tokens, and no others any more, the message is found."""
    await session.execute(
        delete(MessageSearch).where(MessageSearch.message_id == message.id).execution_options(synchronize_session=False)
    )
    if tokens:
        row = insert(MessageSearch).values(
            tenant_id=message.tenant_id,
            message_id=message.id,
            conversation_id=message.conversation_id,
            sender_id=message.sender_id,
            seq=message.seq,
            tokens=list(tokens),
        )
        await session.execute(row)


async def forget_contents(session: AsyncSession, message: Message) -> None:
    """Deletes what hung on a message that was deleted: its revisions, reactions and mentions."""
    for table in (MessageRevision, Reaction, Mention):
        gone = delete(table).where(table.message_id == message.id)
        await session.execute(gone.execution_options(synchronize_session=False))


async def emoji_of(session: AsyncSession, message_id: UUID) -> set[str]:
    """The different emoji on the message."""
    return set(await session.scalars(select(Reaction.emoji).where(Reaction.message_id == message_id).distinct()))


async def react(session: AsyncSession, message: Message, user_id: UUID, emoji: str, *, now: datetime) -> bool:
    """False if the person has reacted so already."""
    row = insert(Reaction).values(
        tenant_id=message.tenant_id, message_id=message.id, user_id=user_id, emoji=emoji, created_at=now
    )
    return await session.scalar(row.on_conflict_do_nothing().returning(Reaction.message_id)) is not None


async def take_reaction_back(session: AsyncSession, message_id: UUID, user_id: UUID, emoji: str) -> bool:
    """False if the person had not reacted so."""
    gone = delete(Reaction).where(
        Reaction.message_id == message_id, Reaction.user_id == user_id, Reaction.emoji == emoji
    )
    taken = gone.returning(Reaction.message_id).execution_options(synchronize_session=False)
    return await session.scalar(taken) is not None
