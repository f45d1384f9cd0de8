"""Reading messages: pages around a position, one message, replies, revisions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.messaging.context import MessagingContext
from services.messaging.conversations import access
from services.messaging.conversations.errors import ConversationNotFound
from services.messaging.keys.service import opened
from services.messaging.messages import repository, views
from services.messaging.messages.errors import MessageNotFound
from services.messaging.messages.models import Message, MessageRevision
from services.messaging.messages.positions import Window
from services.messaging.messages.schemas import HistoryPage, MessageAnswer, RevisionAnswer
from services.messaging.stream.wire import message_bound


async def read_page(
    context: MessagingContext,
    *,
    tenant_id: UUID,
    user_id: UUID,
    conversation_id: UUID,
    window: Window,
    thread_root_id: UUID | None = None,
) -> HistoryPage:
    """The messages in `window`, or those of a thread there, and the head of the stream at that moment.

    Raises:
        ConversationNotFound: the person takes no part.
    """
    async with context.database.tenant_session(tenant_id) as session:
        rows = await repository.read_page(
            session,
            conversation_id,
            user_id,
            split=window.split,
            older=window.older,
            newer=window.newer,
            thread_root_id=thread_root_id,
        )
    if not rows:
        raise ConversationNotFound
    found = await context.archive.complete(
        tenant_id,
        conversation_id,
        [row for row in rows if row.id is not None],
        split=window.split,
        older=window.older + 1,
        newer=window.newer + 1,
        thread_root_id=thread_root_id,
    )
    items, has_before, has_after = _cut(found, window)
    return HistoryPage(
        items=await views.answers(context.rings, tenant_id, items),
        epoch=rows[0].epoch,
        seq=rows[0].last_seq,
        has_before=has_before,
        has_after=has_after,
    )


async def read_message(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, message_id: UUID
) -> MessageAnswer:
    """One message of a conversation.

    Raises:
        ConversationNotFound, MessageNotFound
    """
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        row = (await repository.read_messages(session, [message_id])).get(message_id)
    if row is None:
        row = (await context.archive.find(tenant_id, [message_id])).get(message_id)
    if row is None or row.conversation_id != conversation_id:
        raise MessageNotFound
    return await views.answer(context.rings, tenant_id, row)


async def read_replies(
    context: MessagingContext,
    *,
    tenant_id: UUID,
    user_id: UUID,
    conversation_id: UUID,
    message_id: UUID,
    window: Window,
) -> HistoryPage:
    """The thread under a message.

    Raises:
        ConversationNotFound, MessageNotFound
    """
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        here = await repository.find(session, conversation_id, message_id)
    if here is None:
        root = (await context.archive.find(tenant_id, [message_id])).get(message_id)
        if root is None or root.conversation_id != conversation_id:
            raise MessageNotFound
    return await read_page(
        context,
        tenant_id=tenant_id,
        user_id=user_id,
        conversation_id=conversation_id,
        window=window,
        thread_root_id=message_id,
    )


async def read_revisions(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, message_id: UUID
) -> list[RevisionAnswer]:
    """Every text that the message had, the present one last; none once it is deleted.

    Raises:
        ConversationNotFound, MessageNotFound
    """
    await context.archive.make_changeable(tenant_id, conversation_id, message_id)
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        message = await repository.find(session, conversation_id, message_id)
        if message is None:
            raise MessageNotFound
        rows = [] if message.text is None else [*await repository.list_revisions(session, message_id), _now(message)]
    sealed = {message_bound(message_id, row.revision): row.text for row in rows}
    texts = await opened(context.rings, tenant_id, sealed) if sealed else {}
    return [_revision(row, texts[message_bound(message_id, row.revision)]) for row in rows]


def _cut(found: Sequence[Row[Any]], window: Window) -> tuple[Sequence[Row[Any]], bool, bool]:
    """Without the one row more on each side, which says only that there are more."""
    older = [row for row in found if row.seq < window.split]
    newer = found[len(older) :]
    has_before, has_after = len(older) > window.older, len(newer) > window.newer
    return [*older[len(older) - window.older if has_before else 0 :], *newer[: window.newer]], has_before, has_after


def _now(message: Message) -> MessageRevision:
    return MessageRevision(
        tenant_id=message.tenant_id,
        message_id=message.id,
        revision=message.revision,
        text=message.text,
        written_at=message.edited_at or message.created_at,
    )


def _revision(row: MessageRevision, text: str | None) -> RevisionAnswer:
    return RevisionAnswer(revision=row.revision, text=text, unreadable=text is None, written_at=row.written_at)
