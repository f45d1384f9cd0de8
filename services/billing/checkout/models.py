"""Checkouts: a tenant's attempts to buy a plan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.billing.base import Base


class Checkout(Base):
    """One attempt to buy a plan: `creating` until Stripe's session is known, then `open`, and at the end `complete`,
    `expired` or `abandoned`.

    A tenant has at most one that is not at its end, so that nobody pays twice. `created_at` is technical time.
    """

    __tablename__ = "checkout"
    __table_args__ = keeps(
        owner="billing",
        personal=("started_by", "stripe_session_id", "url"),
        retention="tenant",
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan: Mapped[str]
    price_id: Mapped[str]
    status: Mapped[str]
    stripe_session_id: Mapped[str | None]
    url: Mapped[str | None]
    started_by: Mapped[UUID]
    created_at: Mapped[datetime]
