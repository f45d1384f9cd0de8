"""What people are told of, beside the conversations that they look at."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.messaging.base import Base

NotificationKind = Literal[
    "mention",
    "direct_message",
    "thread_reply",
    "added_to_conversation",
    "trial_ending",
    "deployment_succeeded",
    "deployment_failed",
    "payment_failed",
    "document_suspicious",
]
KEPT = timedelta(days=90)


class Notification(Base):
    """One person is told of one thing, once for each `cause`. `data` holds ids and numbers, never text.

    `seq` is the place of its event in the person's own stream. Times are technical.
    """

    __tablename__ = "notification"
    __table_args__ = keeps(
        owner="messaging",
        retention=Timed(after=KEPT, since="created_at"),
        erasure="deleted",
        personal=("user_id", "data", "cause"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    cause: Mapped[str]
    seq: Mapped[int]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NotificationPreference(Base):
    """Whether a person wants to be told of one kind of thing. Where there is no row, they do."""

    __tablename__ = "notification_preference"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id", "wanted"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
