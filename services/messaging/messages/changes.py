"""Changing what was sent: editing, deleting, reacting. Each holds the conversation's stream before it looks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.contracts.messaging import MessageDeleted as MessageWasDeleted
from services.messaging.assistants import repository as assistants
from services.messaging.attachments import service as attachments
from services.messaging.conversations import access, member_repository
from services.messaging.conversations.repository import Place
from services.messaging.keys.service import KeyRing, UnknownDataKey
from services.messaging.messages import change_repository, repository, send_repository
from services.messaging.messages.errors import (
    MessageDeleted,
    MessageNotFound,
    NotYours,
    TooManyReactions,
    WrongMessage,
)
from services.messaging.messages.models import Message
from services.messaging.messages.texts import NOBODY, Mentions, check_content, is_emoji, mentions_in
from services.messaging.search.tokens import tokens_of_text
from services.messaging.stream import repository as streams
from services.messaging.stream.service import take_position, write_event
from services.messaging.stream.wire import message_bound

MAX_EMOJI_OF_MESSAGE = 20


async def edit(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    message_id: UUID,
    user_id: UUID,
    text: str,
    ring: KeyRing,
    now: datetime,
) -> None:
    """Gives the message a new text and keeps the old one; the same text changes nothing.

    Raises:
        ConversationNotFound, ConversationArchived, MessageNotFound, NotYours, MessageDeleted, WrongMessage,
        TextsUnreadable
    """
    place = await access.hold(session, conversation_id, user_id)
    message = await _found(session, conversation_id, message_id)
    if message.sender_id != user_id:
        raise NotYours
    if message.text is None:
        raise MessageDeleted
    check_content(text)
    sealed = ring.seal(text, message_bound(message_id, message.revision + 1))
    if _says(message, message.text, ring) == text:
        return
    mentions, everyone = await _members_named(session, place, text)
    await change_repository.keep_revision(session, message)
    await change_repository.name_members(session, message, everyone - {user_id})
    tokens = tokens_of_text(text, ring.search_key, conversation_id)
    await change_repository.index(session, message, tokens)
    position = await take_position(session, message.tenant_id, conversation_id)
    said = {"revision": message.revision + 1, "mentions": list(mentions.user_ids), "mentions_all": mentions.everyone}
    await change_repository.change(session, message_id, text=sealed, edited_at=now, version=position.seq, **said)
    await write_event(
        session,
        position,
        "message.edited",
        data={"message_id": message_id, "edited_at": now, **said},
        actor_id=user_id,
        message_id=message_id,
        sealed=sealed,
    )


async def remove(
    session: AsyncSession, *, conversation_id: UUID, message_id: UUID, user_id: UUID, now: datetime
) -> None:
    """Takes text and files out of the message, its revisions and its events; that it was there is still seen.

    What is deleted already stays so.

    Raises:
        ConversationNotFound, ConversationArchived, MessageNotFound, NotYours
    """
    place = await access.hold(session, conversation_id, user_id)
    message = await _found(session, conversation_id, message_id)
    if user_id != message.sender_id and place.member.role != "admin":
        raise NotYours
    if message.deleted_at is not None:
        return
    await change_repository.forget_contents(session, message)
    await attachments.discard_of_message(session, message_id)
    await change_repository.index(session, message, ())
    await streams.empty_events_of_message(session, message_id)
    position = await take_position(session, message.tenant_id, conversation_id)
    await change_repository.change(
        session,
        message_id,
        text=None,
        mentions=[],
        mentions_all=False,
        deleted_at=now,
        version=position.seq,
    )
    data = {"message_id": message_id, "deleted_at": now}
    await write_event(session, position, "message.deleted", data=data, actor_id=user_id, message_id=message_id)
    deleted = MessageWasDeleted(
        tenant_id=message.tenant_id, occurred_at=now, conversation_id=conversation_id, message_id=message_id
    )
    await announce(session, deleted)


async def react(
    session: AsyncSession, *, conversation_id: UUID, message_id: UUID, user_id: UUID, emoji: str, now: datetime
) -> None:
    """Puts the person's emoji on the message, once.

    Raises:
        ConversationNotFound, ConversationArchived, MessageNotFound, MessageDeleted, WrongMessage, TooManyReactions
    """
    _check_emoji(emoji)
    await access.hold(session, conversation_id, user_id)
    message = await _found(session, conversation_id, message_id)
    if message.deleted_at is not None:
        raise MessageDeleted
    known = await change_repository.emoji_of(session, message_id)
    if emoji not in known and len(known) >= MAX_EMOJI_OF_MESSAGE:
        raise TooManyReactions
    if await change_repository.react(session, message, user_id, emoji, now=now):
        await _tell_reaction(session, message, "reaction.added", user_id, emoji)


async def take_reaction_back(
    session: AsyncSession, *, conversation_id: UUID, message_id: UUID, user_id: UUID, emoji: str
) -> None:
    """Takes the person's emoji off the message; where it is not, nothing changes.

    Raises:
        ConversationNotFound, ConversationArchived, MessageNotFound, WrongMessage
    """
    _check_emoji(emoji)
    await access.hold(session, conversation_id, user_id)
    message = await _found(session, conversation_id, message_id)
    if await change_repository.take_reaction_back(session, message_id, user_id, emoji):
        await _tell_reaction(session, message, "reaction.removed", user_id, emoji)


def _check_emoji(emoji: str) -> None:
    if not is_emoji(emoji):
        raise WrongMessage("/path/emoji", "no_emoji", "React with one emoji.")


async def _found(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> Message:
    message = await repository.find(session, conversation_id, message_id)
    if message is None:
        raise MessageNotFound
    return message


def _says(message: Message, sealed: bytes, ring: KeyRing) -> str | None:
    try:
        return ring.open(sealed, message_bound(message.id, message.revision))
    except UnknownDataKey:
        return None


async def _members_named(session: AsyncSession, place: Place, text: str) -> tuple[Mentions, set[UUID]]:
    """Whom the text names of those who take part, as it says so, and each person among them."""
    named, conversation = mentions_in(text), place.conversation
    assisting = {one.id for one in await assistants.present(session, conversation.id)} if named != NOBODY else set()
    if named.everyone and conversation.kind != "direct":
        everyone = await member_repository.ids_of(session, conversation.id)
        return Mentions(tuple(one for one in named.user_ids if one in everyone), everyone=True), everyone - assisting
    present = await send_repository.members_among(session, conversation.id, named.user_ids)
    return Mentions(tuple(one for one in named.user_ids if one in present), everyone=False), present - assisting


async def _tell_reaction(session: AsyncSession, message: Message, kind: str, user_id: UUID, emoji: str) -> None:
    position = await take_position(session, message.tenant_id, message.conversation_id)
    await change_repository.change(session, message.id, version=position.seq)
    data: dict[str, Any] = {"message_id": message.id, "emoji": emoji, "user_id": user_id}
    await write_event(session, position, kind, data=data, actor_id=user_id)
