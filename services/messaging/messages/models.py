"""Messages, and what hangs on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class Message(Base):
    """A message as it stands now; partitioned by month of its `id`, which tells the time it was written (UUIDv7).

    `seq` is its place in the conversation's stream, `number` counts messages alone, `version` is the `seq` of the last
    event that changed it. `text` is sealed, and null once it is deleted. `mentions` are the members that it names, and
    `mentions_all` says that it names everyone. `reply_count` and `last_reply_at` are of the thread that it began.
    """

    __tablename__ = "message"
    __table_args__ = keeps(
        owner="messaging", retention="tenant", erasure="deleted", personal=("sender_id", "text", "mentions")
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    seq: Mapped[int]
    number: Mapped[int]
    version: Mapped[int]
    sender_id: Mapped[UUID]
    client_message_id: Mapped[UUID]
    thread_root_id: Mapped[UUID | None]
    reply_count: Mapped[int]
    last_reply_at: Mapped[datetime | None]
    text: Mapped[bytes | None]
    revision: Mapped[int]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    mentions_all: Mapped[bool]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class SentMessage(Base):
    """Which message a sender's `client_message_id` became: for good, so that a resend never makes a second one."""

    __tablename__ = "sent_message"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("sender_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_message_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    message_id: Mapped[UUID]


class MessageRevision(Base):
    """What a message said before it was edited. The first revision is 1; deleting the message deletes them."""

    __tablename__ = "message_revision"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("text",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[bytes]
    written_at: Mapped[datetime]


class Reaction(Base):
    """One person's emoji on a message."""

    __tablename__ = "reaction"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    emoji: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class Mention(Base):
    """A person named in a message; `seq` is the message's, so that what was read counts no more."""

    __tablename__ = "mention"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    seq: Mapped[int]
