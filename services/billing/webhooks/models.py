"""Stripe's events, each kept once."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.billing.base import Base


class StripeEvent(Base):
    """What Stripe told: which object changed and whose it is, nothing personal. It belongs to no tenant yet.

    `pending` has a `next_attempt_at` (technical time); `outcome` says why it was ignored or what failed last.
    """

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    customer_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    status: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
