"""What messaging promises: its events, and what it tells the assistants of a business and does for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.events import FactEvent
from libs.common.http_client import ServiceHttp
from libs.common.schemas import RequestBody

CALLERS: Mapping[str, frozenset[str]] = {
    "get_assistant_question": frozenset({"ai"}),
    "show_assistant_typing": frozenset({"ai"}),
    "send_assistant_answer": frozenset({"ai"}),
    "get_shared_file": frozenset({"ai"}),
}
MOST_TEXT = 9_900
"""Characters of an assistant's answer: those of a message, with room for whom it answers."""


class MessageSent(FactEvent):
    """A message of which somebody may want to be notified: it is direct, names people, or replies in a thread.

    `seq` is its place in the conversation. `mentioned` are the members that it names; with `mentions_all`, all of them.
    """

    type: ClassVar[str] = "messaging.message.sent.v1"

    conversation_id: UUID
    message_id: UUID
    seq: int
    sender_id: UUID
    direct: bool
    mentioned: list[UUID]
    mentions_all: bool
    thread_root_id: UUID | None


class MessageDeleted(FactEvent):
    """A message was deleted: whoever has a copy of what it said deletes that too."""

    type: ClassVar[str] = "messaging.message.deleted.v1"

    conversation_id: UUID
    message_id: UUID


class AssistantAsked(FactEvent):
    """A message is for an assistant to answer. `seq` is its place in the conversation, `asker_id` who wrote it."""

    type: ClassVar[str] = "messaging.assistant.asked.v1"

    conversation_id: UUID
    message_id: UUID
    seq: int
    assistant_id: UUID
    asker_id: UUID


class Participant(BaseModel):
    """A person in a conversation. `role` is theirs in the business; null where auth has not told of them yet."""

    user_id: UUID
    role: str | None


class AssistantQuestion(BaseModel):
    """What an assistant was asked, in plain text without the names of those whom it mentions.

    The answer is read by `asker` and `others`, who take part beside them. Where the conversation is `open`, anybody of
    the business may come and read it too.
    """

    text: str
    asker: Participant
    others: list[Participant]
    open: bool


class AssistantAnswer(RequestBody):
    """What an assistant says to a message. Names of members in it (`<@USER_ID>`) call nobody."""

    text: str = Field(min_length=1, max_length=MOST_TEXT)


class AssistantTyping(RequestBody):
    """That an assistant is about to answer."""


class TypingShown(BaseModel):
    """Those who look at the conversation see it for six seconds."""


class SentAnswer(BaseModel):
    """The message that an answer became."""

    message_id: UUID


class SharedFile(BaseModel):
    """A file in a conversation that passed its check: `sha256` in hexadecimal digits, `url` to read it from for some
    minutes, until `expires_at`.
    """

    file_name: str
    content_type: str
    size: int
    sha256: str
    url: str
    expires_at: datetime


class MessagingClient:
    """messaging's internal operations."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def get_assistant_question(
        self, tenant_id: UUID, conversation_id: UUID, message_id: UUID, *, assistant_id: UUID
    ) -> AssistantQuestion:
        """What the assistant was asked by a message.

        Raises:
            NotFound: it is not to answer any more: the message was deleted, its author or the assistant takes no part
                any more, or a person has answered in its place.
            ServiceUnavailable
        """
        path = f"{_assistant(tenant_id, conversation_id, message_id, assistant_id)}/question"
        return await self._http.get(path, AssistantQuestion)

    async def show_assistant_typing(
        self, tenant_id: UUID, conversation_id: UUID, message_id: UUID, *, assistant_id: UUID
    ) -> TypingShown:
        """Says in the conversation that the assistant is writing. Raises NotFound, ServiceUnavailable."""
        path = f"{_assistant(tenant_id, conversation_id, message_id, assistant_id)}/typing"
        return await self._http.post(path, AssistantTyping(), TypingShown)

    async def send_assistant_answer(
        self, tenant_id: UUID, conversation_id: UUID, message_id: UUID, *, assistant_id: UUID, text: str
    ) -> SentAnswer:
        """Says it in the conversation, where the message was written; for good the only answer of this assistant to it.

        Sent again, with whatever text, it is the message that it was at first.

        Raises:
            NotFound: as for `get_assistant_question`.
            ServiceRefused: the conversation is in the archive.
            ServiceUnavailable
        """
        path = f"{_assistant(tenant_id, conversation_id, message_id, assistant_id)}/answer"
        return await self._http.post(path, AssistantAnswer(text=text), SentAnswer, repeatable=True)

    async def get_shared_file(
        self, tenant_id: UUID, conversation_id: UUID, attachment_id: UUID, *, user_id: UUID
    ) -> SharedFile:
        """A file that the person may see in a conversation of theirs.

        Raises:
            NotFound: there is none, or they take no part.
            ServiceRefused: it is still being checked, or was refused.
            ServiceUnavailable
        """
        path = f"{_conversation(tenant_id, conversation_id)}/attachments/{attachment_id}/shared-with/{user_id}"
        return await self._http.get(path, SharedFile)


def _conversation(tenant_id: UUID, conversation_id: UUID) -> str:
    return f"/internal/tenants/{tenant_id}/conversations/{conversation_id}"


def _assistant(tenant_id: UUID, conversation_id: UUID, message_id: UUID, assistant_id: UUID) -> str:
    return f"{_conversation(tenant_id, conversation_id)}/messages/{message_id}/assistants/{assistant_id}"
