"""Mails that billing has promised to send."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.billing.base import Base


class OutgoingMail(Base):
    """One mail to a tenant's owner; `kind` and `about` name it once. It has no `next_attempt_at` when it is settled.

    Times are technical. The mail's id is the row's, so that a repeated delivery is recognised.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = keeps(
        owner="billing",
        personal=("parameters",),
        retention=Timed(after=timedelta(days=90), since="created_at", only="next_attempt_at IS NULL"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
