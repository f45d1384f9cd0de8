"""Mails that the provisioner has promised to send."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.provisioner.base import Base


class OutgoingMail(Base):
    """Sent when `sent_at` is set, due while `next_attempt_at` is; its `id` is the mail's own."""

    __tablename__ = "outgoing_mail"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("parameters",),
        retention=Timed(after=timedelta(days=90), since="created_at", only="next_attempt_at IS NULL"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
