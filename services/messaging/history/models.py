"""What messaging knows of the archive: what is still to be put there, and how much of a conversation is there alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class ArchiveEntry(Base):
    """A message that was written or changed, and is to be put into the archive as it stands then."""

    __tablename__ = "archive_entry"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    message_id: Mapped[UUID]


class ArchivedConversation(Base):
    """Messages of the conversation up to `up_to_seq` may be in the archive alone; those after it are here."""

    __tablename__ = "archived_conversation"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    up_to_seq: Mapped[int]


class MessageBroughtBack(Base):
    """A message that is here though its month is archived: to be changed, or as the last one. `since` is technical."""

    __tablename__ = "message_brought_back"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]
