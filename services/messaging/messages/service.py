"""Sending a message: acknowledged once it is durable, and once only, however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.common.ids import new_id
from libs.contracts.messaging import MessageSent
from services.messaging.assistants import asking
from services.messaging.attachments import service as attachments
from services.messaging.attachments.schemas import AttachmentAnswer
from services.messaging.attachments.values import event_value, named_by
from services.messaging.context import MessagingContext
from services.messaging.conversations import access
from services.messaging.conversations.errors import ConversationArchived, ConversationNotFound
from services.messaging.keys.service import KeyRing
from services.messaging.messages import repository, send_repository, views
from services.messaging.messages.errors import WrongMessage
from services.messaging.messages.schemas import MessageAnswer
from services.messaging.messages.texts import NOBODY, Mentions, check_content, mentions_in, without_mentions
from services.messaging.search.tokens import tokens_of_text
from services.messaging.stream.wire import message_bound


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is durable; `replayed` says that it was so before this was sent."""

    message: MessageAnswer
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A message as it is about to be written."""

    tenant_id: UUID
    message_id: UUID
    conversation_id: UUID
    sender_id: UUID
    client_message_id: UUID
    thread_root_id: UUID | None
    text: str
    attachment_ids: tuple[UUID, ...]
    now: datetime


async def send_message(
    context: MessagingContext,
    *,
    tenant_id: UUID,
    sender_id: UUID,
    conversation_id: UUID,
    client_message_id: UUID,
    text: str,
    thread_root_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> Sent:
    """Sends for someone who may write in the business; whether they take part in the conversation is seen here.

    A `client_message_id` that the sender used before gives that message, whatever it is sent with. Sending reads
    everything up to the message itself.

    Raises:
        ConversationNotFound, ConversationArchived
        WrongMessage: it is empty or too long, or replies to what is no beginning of a thread.
        NotAttachable: an attachment is not an upload of theirs that can be sent here.
        TextsUnreadable: the business's key cannot be used.
    """
    text = text.strip()
    check_content(text, attachment_ids)
    ring = await context.rings.ring(tenant_id)
    draft = _Draft(
        tenant_id=tenant_id,
        message_id=new_id(),
        conversation_id=conversation_id,
        sender_id=sender_id,
        client_message_id=client_message_id,
        thread_root_id=thread_root_id,
        text=text,
        attachment_ids=tuple(attachment_ids),
        now=context.clock.now(),
    )
    if thread_root_id is not None:
        await context.archive.make_changeable(tenant_id, conversation_id, thread_root_id)
    async with context.database.tenant_session(tenant_id) as session:
        message = await _write_first(session, draft, ring)
        if message is not None:
            return Sent(message, replayed=False)
        message_id = await _sent_before(session, draft)
        row = (await repository.read_messages(session, [message_id])).get(message_id)
    if row is None:
        row = (await context.archive.find(tenant_id, [message_id])).get(message_id)
    if row is None:
        raise ConversationNotFound
    return Sent(await views.answer(context.rings, tenant_id, row), replayed=True)


async def _write_first(session: AsyncSession, draft: _Draft, ring: KeyRing) -> MessageAnswer | None:
    """Writes the message, unless its `client_message_id` is taken: then nothing, and None."""
    first = await send_repository.claim(
        session,
        tenant_id=draft.tenant_id,
        sender_id=draft.sender_id,
        client_message_id=draft.client_message_id,
        conversation_id=draft.conversation_id,
        message_id=draft.message_id,
    )
    if not first:
        return None
    mentions = await _members_named(session, draft)
    attached = await _attached(session, draft)
    written = await send_repository.write(session, _values(draft, ring, mentions, attached))
    if written is None or (written.number is not None and written.reader_id is None):
        raise ConversationNotFound
    if written.number is None:
        raise ConversationArchived
    if draft.thread_root_id is not None and written.root_id is None:
        raise WrongMessage("/thread_root_id", "no_thread", "Reply to a message of this conversation that is no reply.")
    await _announce(session, draft, mentions, seq=written.seq, direct=written.kind == "direct")
    if written.assisted:
        await asking.ask(session, _asked(draft, mentions, written))
    return _fresh(draft, mentions, named_by(ring, attached), seq=written.seq, number=written.number)


async def _announce(session: AsyncSession, draft: _Draft, mentions: Mentions, *, seq: int, direct: bool) -> None:
    """Tells messaging's own worker whom it may have to notify; nothing where there is nobody."""
    named = [user_id for user_id in mentions.user_ids if user_id != draft.sender_id]
    if not (direct or named or mentions.everyone or draft.thread_root_id):
        return
    sent = MessageSent(
        tenant_id=draft.tenant_id,
        occurred_at=draft.now,
        conversation_id=draft.conversation_id,
        message_id=draft.message_id,
        seq=seq,
        sender_id=draft.sender_id,
        direct=direct,
        mentioned=named,
        mentions_all=mentions.everyone,
        thread_root_id=draft.thread_root_id,
    )
    await announce(session, sent)


def _asked(draft: _Draft, mentions: Mentions, written: Row[Any]) -> asking.Written:
    return asking.Written(
        tenant_id=draft.tenant_id,
        conversation_id=draft.conversation_id,
        kind=written.kind,
        opener_id=written.opener_id,
        message_id=draft.message_id,
        seq=written.seq,
        sender_id=draft.sender_id,
        named=mentions.user_ids,
        says=bool(without_mentions(draft.text)),
        at=draft.now,
    )


async def _sent_before(session: AsyncSession, draft: _Draft) -> UUID:
    """The message that the `client_message_id` became, for its sender, if they still may see it."""
    sent = await repository.find_sent(session, draft.sender_id, draft.client_message_id)
    if sent is None:
        raise ConversationNotFound
    await access.see(session, sent.conversation_id, draft.sender_id)
    return sent.message_id


async def _members_named(session: AsyncSession, draft: _Draft) -> Mentions:
    """Those whom the text names and who take part; everyone only where there may be more than two."""
    named = mentions_in(draft.text)
    if named == NOBODY:
        return named
    conversation = (await access.see(session, draft.conversation_id, draft.sender_id)).conversation
    present = await send_repository.members_among(session, draft.conversation_id, named.user_ids)
    return Mentions(
        tuple(user_id for user_id in named.user_ids if user_id in present),
        everyone=named.everyone and conversation.kind != "direct",
    )


async def _attached(session: AsyncSession, draft: _Draft) -> list[dict[str, Any]]:
    """The attachments, bound to the message, as its event carries them."""
    attached = await attachments.attach(
        session,
        message_id=draft.message_id,
        conversation_id=draft.conversation_id,
        user_id=draft.sender_id,
        attachment_ids=draft.attachment_ids,
    )
    return [event_value(one) for one in attached]


def _values(draft: _Draft, ring: KeyRing, mentions: Mentions, attached: list[dict[str, Any]]) -> dict[str, Any]:
    data = {
        "message_id": draft.message_id,
        "sender_id": draft.sender_id,
        "client_message_id": draft.client_message_id,
        "thread_root_id": draft.thread_root_id,
        "mentions": mentions.user_ids,
        "mentions_all": mentions.everyone,
        "attachments": attached,
        "revision": 1,
        "created_at": draft.now,
    }
    return {
        "tenant_id": draft.tenant_id,
        "message_id": draft.message_id,
        "conversation_id": draft.conversation_id,
        "sender_id": draft.sender_id,
        "client_message_id": draft.client_message_id,
        "thread_root_id": draft.thread_root_id,
        "sealed": ring.seal(draft.text, message_bound(draft.message_id, 1)),
        "mentions": list(mentions.user_ids),
        "mentions_all": mentions.everyone,
        "tokens": tokens_of_text(draft.text, ring.search_key, draft.conversation_id),
        # asyncpg's UUIDs are a type of their own.
        "data": orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z).decode(),
        "now": draft.now,
    }


def _fresh(
    draft: _Draft, mentions: Mentions, attached: list[AttachmentAnswer], *, seq: int, number: int
) -> MessageAnswer:
    return MessageAnswer(
        id=draft.message_id,
        conversation_id=draft.conversation_id,
        seq=seq,
        number=number,
        version=seq,
        sender_id=draft.sender_id,
        client_message_id=draft.client_message_id,
        text=draft.text,
        unreadable=False,
        mentions=list(mentions.user_ids),
        mentions_all=mentions.everyone,
        thread_root_id=draft.thread_root_id,
        reply_count=0,
        last_reply_at=None,
        reactions=[],
        attachments=attached,
        revision=1,
        created_at=draft.now,
        edited_at=None,
        deleted_at=None,
    )
