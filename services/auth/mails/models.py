"""Mails that auth has promised to send."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.auth.base import Base


class OutgoingMail(Base):
    """Sent when `sent_at` is set; its `id` is the mail's own, so that a repeated delivery is recognised."""

    __tablename__ = "outgoing_mail"
    __table_args__ = keeps(
        owner="auth",
        personal=("user_id",),
        retention=Timed(after=timedelta(days=90), since="sent_at"),
        erasure="deleted",
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    template: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
