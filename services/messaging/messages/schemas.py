"""What crosses the wire about messages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.schemas import RequestBody
from services.messaging.attachments.schemas import AttachmentAnswer

MAX_TEXT = 10_000
MAX_ATTACHMENTS = 10
_EXAMPLE = "Is the spring menu ready?"
_CLIENT_ID = "0198c0de-0000-7000-8000-000000000003"


class NewMessage(RequestBody):
    """A message to send. Send it again with its `client_message_id` as often as needed: it becomes one message."""

    client_message_id: UUID = Field(description="Made by the client, once for each message.", examples=[_CLIENT_ID])
    text: str = Field(
        default="",
        max_length=MAX_TEXT,
        description="Plain text with light Markdown; `<@USER_ID>` names a member, `<@all>` everyone in a group.",
        examples=[_EXAMPLE],
    )
    thread_root_id: UUID | None = Field(default=None, description="The message that this one replies to.")
    attachment_ids: list[UUID] = Field(
        default_factory=list, max_length=MAX_ATTACHMENTS, description="Needed where there is no text."
    )


class MessageChange(RequestBody):
    """The message's new text."""

    text: str = Field(max_length=MAX_TEXT, examples=[_EXAMPLE])


class ReactionAnswer(BaseModel):
    """An emoji and who reacted with it, in the order of their ids."""

    emoji: str
    user_ids: list[UUID]


class MessageAnswer(BaseModel):
    """A message as it stands.

    `seq` is its place in the conversation's stream, `number` counts messages alone from 1, and `version` is the `seq`
    of the last event that changed it: apply an event only if its `seq` is greater. `text` is null where the message
    was deleted, or where its key is gone (`unreadable`). `reply_count` and `last_reply_at` are of the thread under it.
    """

    id: UUID
    conversation_id: UUID
    seq: int
    number: int
    version: int
    sender_id: UUID
    client_message_id: UUID
    text: str | None
    unreadable: bool
    mentions: list[UUID]
    mentions_all: bool
    thread_root_id: UUID | None
    reply_count: int
    last_reply_at: datetime | None
    reactions: list[ReactionAnswer]
    attachments: list[AttachmentAnswer]
    revision: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


class HistoryPage(BaseModel):
    """Messages in their order, and the head of the stream at the very moment at which they were read.

    Subscribe from `epoch` and `seq`: the messages and the events after `seq` are together what is so then.
    """

    items: list[MessageAnswer]
    epoch: UUID
    seq: int
    has_before: bool
    has_after: bool


class RevisionAnswer(BaseModel):
    """What a message said from `written_at` on; `text` is null where its key is gone (`unreadable`)."""

    revision: int
    text: str | None
    unreadable: bool
    written_at: datetime


class RevisionList(BaseModel):
    """Every text that the message had, the present one last; none once it is deleted."""

    items: list[RevisionAnswer]
