"""Trials."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.billing.base import Base


class Trial(Base):
    """A tenant's one trial, in business time. `next_step_at` is when something happens to it next, if anything will."""

    __tablename__ = "trial"
    __table_args__ = keeps(owner="billing", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    grace_ends_at: Mapped[datetime]
    next_step_at: Mapped[datetime | None]
    version: Mapped[int]
