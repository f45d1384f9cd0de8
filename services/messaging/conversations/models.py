"""Conversations and who takes part in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class Conversation(Base):
    """A `direct`, `group` or `support` conversation; its stream has the same id.

    `title` is sealed. `direct_key` names the two people of a direct conversation, so that there is one of them. Into
    one that is `open` anyone of the business may come without being asked. `message_count` numbers its messages.
    Times are business time.
    """

    __tablename__ = "conversation"
    __table_args__ = keeps(
        owner="messaging",
        retention="tenant",
        erasure="deleted",
        personal=("title", "created_by", "direct_key"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[bytes | None]
    direct_key: Mapped[str | None]
    open: Mapped[bool]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    message_count: Mapped[int]
    last_message_at: Mapped[datetime]


class ConversationMember(Base):
    """A person in a conversation, as `admin` or `member`, with how far they have read.

    `read_seq` is a position in the stream, `read_number` the number of the last message up to there: what is unread
    is the conversation's `message_count` less `read_number`. `muted_until` far in the future mutes for good.
    An assistant takes part like a person, by its own id, as `assistant`; it is `silent` once people have taken over.
    """

    __tablename__ = "conversation_member"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    joined_at: Mapped[datetime]
    read_seq: Mapped[int]
    read_number: Mapped[int]
    muted_until: Mapped[datetime | None]
    silent: Mapped[bool] = mapped_column(server_default="false")
