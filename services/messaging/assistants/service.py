"""What assistants do in conversations: read what they were asked, show that they write, answer."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from libs.contracts.messaging import AssistantQuestion, Participant, SentAnswer
from services.messaging.assistants import repository
from services.messaging.context import MessagingContext
from services.messaging.conversations.errors import ConversationNotFound
from services.messaging.conversations.models import Conversation
from services.messaging.keys.service import opened
from services.messaging.messages import repository as messages
from services.messaging.messages.errors import MessageNotFound
from services.messaging.messages.models import Message
from services.messaging.messages.service import send_message
from services.messaging.messages.texts import without_mentions
from services.messaging.realtime import signals
from services.messaging.stream.relay import channel_of
from services.messaging.stream.wire import message_bound


@dataclass(frozen=True, slots=True)
class Asked:
    """An assistant and a message that it may be to answer."""

    tenant_id: UUID
    conversation_id: UUID
    message_id: UUID
    assistant_id: UUID


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands that is still to be answered."""

    conversation: Conversation
    message: Message


async def read_question(context: MessagingContext, asked: Asked) -> AssistantQuestion:
    """What the assistant was asked, and who will read its answer.

    Raises:
        ConversationNotFound: the assistant, or the author, takes no part (any more).
        MessageNotFound: it was deleted, cannot be read, or a person has answered it.
    """
    place = await _place(context, asked)
    async with context.database.tenant_session(asked.tenant_id) as session:
        people = await repository.people(session, asked.conversation_id)
    there = {row.user_id: Participant(user_id=row.user_id, role=row.role) for row in people}
    asker = there.pop(place.message.sender_id, None)
    if asker is None:
        raise ConversationNotFound
    text = without_mentions(await _text(context, place.message))
    return AssistantQuestion(text=text, asker=asker, others=list(there.values()), open=place.conversation.open)


async def show_typing(context: MessagingContext, asked: Asked) -> None:
    """Raises ConversationNotFound, MessageNotFound."""
    await _place(context, asked)
    channel = channel_of(asked.tenant_id, asked.conversation_id)
    await signals.publish(context.cache, channel, "typing", asked.assistant_id)


async def send_answer(context: MessagingContext, asked: Asked, text: str) -> SentAnswer:
    """Answers the message where it was written, in its thread or beside it; in a group, the answer names the asker.

    An assistant answers a message once: the answer's `client_message_id` follows from the two ids, so that a second
    answer is the first one again.

    Raises:
        ConversationNotFound, MessageNotFound, ConversationArchived, TextsUnreadable
    """
    place = await _place(context, asked)
    asker = f"<@{place.message.sender_id}> " if place.conversation.kind == "group" else ""
    sent = await send_message(
        context,
        tenant_id=asked.tenant_id,
        sender_id=asked.assistant_id,
        conversation_id=asked.conversation_id,
        client_message_id=uuid5(asked.message_id, str(asked.assistant_id)),
        # What a document or a model says calls nobody.
        text=asker + text.replace("<@", "@"),
        thread_root_id=place.message.thread_root_id,
    )
    return SentAnswer(message_id=sent.message.id)


async def _place(context: MessagingContext, asked: Asked) -> _Place:
    async with context.database.tenant_session(asked.tenant_id) as session:
        found = await repository.find_place(session, asked.conversation_id, asked.assistant_id)
        if found is None:
            raise ConversationNotFound
        conversation, silent = found
        message = await messages.find(session, asked.conversation_id, asked.message_id)
    if message is None or message.deleted_at is not None:
        raise MessageNotFound
    if silent and asked.assistant_id not in message.mentions:
        raise MessageNotFound
    return _Place(conversation, message)


async def _text(context: MessagingContext, message: Message) -> str:
    bound = message_bound(message.id, message.revision)
    if message.text is None:
        raise MessageNotFound
    text = (await opened(context.rings, message.tenant_id, {bound: message.text}))[bound]
    if text is None:
        raise MessageNotFound
    return text
