"""What people have begun to write."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class Draft(Base):
    """One person's unsent text in a place: a thread, by its root's id, or else the conversation, by its own id.

    `text` is sealed.
    """

    __tablename__ = "draft"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id", "text"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[bytes]
    updated_at: Mapped[datetime]
