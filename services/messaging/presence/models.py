"""When people were last seen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class LastSeen(Base):
    """The last moment at which a person had an open socket, to within five minutes while they have one.

    Technical time.
    """

    __tablename__ = "last_seen"
    __table_args__ = keeps(
        owner="messaging", retention="tenant", erasure="deleted", personal=("user_id", "last_seen_at")
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_seen_at: Mapped[datetime]
