"""What crosses the wire about conversations and who takes part in them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from libs.common.schemas import Moment, RequestBody, Whole

Kind = Literal["direct", "group", "support"]
Role = Literal["admin", "member"]
Part = Literal["admin", "member", "assistant"]
MAX_INVITED = 200
Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Spring menu"])]


class NewConversation(RequestBody):
    """A conversation to open: `direct` with one other person, `group` with a title, or `support` with the admins."""

    kind: Kind = Field(examples=["group"])
    title: Title | None = Field(
        default=None, description="Needed for a group, possible for support.", examples=["Spring menu"]
    )
    member_ids: list[UUID] = Field(
        default_factory=list,
        max_length=MAX_INVITED,
        description=(
            "Who takes part beside you, assistants by their ids like people: one in a direct conversation, assistants "
            "only in one with support."
        ),
        examples=[[]],
    )
    open: StrictBool = Field(
        default=False, description="Whether anyone of the business may join the group.", examples=[True]
    )


class ConversationChange(RequestBody):
    """The conversation's new title."""

    title: Title


class NewMembers(RequestBody):
    """Whom to add, assistants by their ids like people; who takes part already stays as they are."""

    user_ids: Annotated[list[UUID], Field(max_length=MAX_INVITED, examples=[[]])]


class RoleChange(RequestBody):
    """What the person is to be in the conversation."""

    role: Role = Field(examples=["admin"])


class Mute(RequestBody):
    """Until when the conversation does not notify you; null ends the silence."""

    muted_until: Moment | None = Field(examples=["2030-01-01T00:00:00Z"])


class ReadTo(RequestBody):
    """How far you have read, as a `seq` of the conversation. What is less than before changes nothing."""

    seq: Whole = Field(ge=0, lt=2**53, examples=[1])


class ReadPosition(BaseModel):
    """How far you have read, and what is left: messages, and those among them that name you."""

    read_seq: int
    unread: int
    mentions: int


class LastMessage(BaseModel):
    """The newest message; `text` is null once it is deleted, or `unreadable` where its key is gone."""

    id: UUID
    seq: int
    sender_id: UUID
    text: str | None
    unreadable: bool
    created_at: datetime
    deleted_at: datetime | None


class ConversationAnswer(BaseModel):
    """A conversation as the asker sees it.

    `epoch` and `seq` are the head of its stream: subscribe from there. `role` is the asker's, null where they could
    join but have not. `member_ids` are the first eight who came. `title` is null where there is none, or where its key
    is gone (`unreadable`).
    """

    id: UUID
    kind: Kind
    title: str | None
    unreadable: bool
    open: bool
    created_by: UUID
    created_at: datetime
    archived_at: datetime | None
    last_activity_at: datetime
    epoch: UUID
    seq: int
    role: Role | None
    muted_until: datetime | None
    read_seq: int
    unread: int
    mentions: int
    member_count: int
    member_ids: list[UUID]
    last_message: LastMessage | None


class MemberAnswer(BaseModel):
    """A person in a conversation; or an `assistant`, whose id is that of the assistant."""

    user_id: UUID
    role: Part
    joined_at: datetime
    read_seq: int
