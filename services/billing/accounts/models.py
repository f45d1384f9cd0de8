"""A tenant's account with billing: the root that every change of its trial, checkout and subscription holds first."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, keeps
from services.billing.base import Base


class BillingAccount(Base):
    """A tenant's customer at Stripe. `subscription_version` grows by one at each change of its subscriptions."""

    __tablename__ = "billing_account"
    __table_args__ = keeps(
        owner="billing",
        personal=("stripe_customer_id",),
        retention="tenant",
        erasure=Kept("the customer's invoices at Stripe, which tax law wants kept, are found by it"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    stripe_customer_id: Mapped[str | None]
    subscription_version: Mapped[int]
    next_reconcile_at: Mapped[datetime | None]
