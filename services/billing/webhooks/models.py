"""Stripe's events, each kept once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
from services.billing.base import Base


class StripeEvent(Base):
    """What Stripe told: which object changed and whose it is, by ids only. It belongs to no tenant yet.

    `pending` has a `next_attempt_at` (technical time); `outcome` says why it was ignored or what failed last.
    """

    __tablename__ = "stripe_event"
    __table_args__ = keeps(
        owner="billing",
        personal=("object_id", "customer_id"),
        retention=Timed(after=timedelta(days=90), since="received_at", only="status IN ('handled', 'ignored')"),
        erasure=Kept("Stripe's ids only, so that an event told twice counts once; gone after ninety days"),
    )

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
