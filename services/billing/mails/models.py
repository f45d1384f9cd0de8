"""Mails that billing has promised to send."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base


class OutgoingMail(Base):
    """One mail to a tenant's owner; `kind` and `about` name it once. It has no `next_attempt_at` when it is settled.

    Times are technical. The mail's id is the row's, so that a repeated delivery is recognised.
    """

    __tablename__ = "outgoing_mail"

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
