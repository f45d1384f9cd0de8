"""Subscriptions as Stripe had them when we last looked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, keeps
from services.billing.base import Base


class Subscription(Base):
    """What was bought. `status` is Stripe's word; `observation` numbers the look at Stripe that this comes from.

    `activated_at` (business time) is set once, when the subscription was first seen active; nothing is provisioned
    or opened by one that never was.
    """

    __tablename__ = "subscription"
    __table_args__ = keeps(
        owner="billing",
        personal=("stripe_subscription_id",),
        retention="tenant",
        erasure=Kept("what was paid for is the ground of the invoices, which tax law wants kept"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stripe_subscription_id: Mapped[str]
    plan: Mapped[str]
    status: Mapped[str]
    current_period_end: Mapped[datetime]
    cancel_at_period_end: Mapped[bool]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    version: Mapped[int]
    observation: Mapped[int]
