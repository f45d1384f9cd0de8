"""Drafts follow their writer from device to device; nobody else sees them, and they are sealed like messages."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.context import MessagingContext
from services.messaging.conversations import access
from services.messaging.drafts import repository
from services.messaging.drafts.schemas import DraftAnswer
from services.messaging.keys.service import opened
from services.messaging.messages import repository as messages
from services.messaging.messages.errors import MessageNotFound
from services.messaging.stream.service import append


async def read(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, thread_root_id: UUID | None
) -> DraftAnswer:
    """What the person had begun to write there.

    Raises:
        ConversationNotFound
    """
    place_id = thread_root_id or conversation_id
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        draft = await repository.find(session, user_id, conversation_id, place_id)
    text = None
    if draft is not None:
        bound = _bound(user_id, place_id)
        text = (await opened(context.rings, tenant_id, {bound: draft.text}))[bound]
    return DraftAnswer(
        conversation_id=conversation_id,
        thread_root_id=thread_root_id,
        text=text,
        unreadable=draft is not None and text is None,
        updated_at=None if draft is None else draft.updated_at,
    )


async def keep(
    context: MessagingContext,
    *,
    tenant_id: UUID,
    user_id: UUID,
    conversation_id: UUID,
    thread_root_id: UUID | None,
    text: str,
) -> None:
    """Keeps what the person has written so far, and tells their other devices that there is something.

    Raises:
        ConversationNotFound, TextsUnreadable
        MessageNotFound: there is no such message to reply to.
    """
    place_id = thread_root_id or conversation_id
    ring = await context.rings.ring(tenant_id)
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        if thread_root_id is not None and await messages.find(session, conversation_id, thread_root_id) is None:
            raise MessageNotFound
        await repository.keep(
            session,
            tenant_id=tenant_id,
            user_id=user_id,
            conversation_id=conversation_id,
            place_id=place_id,
            text=ring.seal(text, _bound(user_id, place_id)),
            now=context.clock.now(),
        )
        await _tell(session, tenant_id, user_id, conversation_id, thread_root_id)


async def forget(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, thread_root_id: UUID | None
) -> None:
    """Throws the draft away; where there is none, nothing changes.

    Raises:
        ConversationNotFound
    """
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        if await repository.forget(session, user_id, conversation_id, thread_root_id or conversation_id):
            await _tell(session, tenant_id, user_id, conversation_id, thread_root_id)


async def _tell(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, conversation_id: UUID, thread_root_id: UUID | None
) -> None:
    data = {"conversation_id": conversation_id, "thread_root_id": thread_root_id}
    await append(session, tenant_id, user_id, "draft.changed", data=data, actor_id=user_id)


def _bound(user_id: UUID, place_id: UUID) -> bytes:
    """What the text of a draft is bound to."""
    return b"draft" + user_id.bytes + place_id.bytes
