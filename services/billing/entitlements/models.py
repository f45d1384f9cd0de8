"""What tenants have used."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, keeps
from services.billing.base import Base


class EntitlementUsage(Base):
    """The sum of what was recorded of one entitlement, in its unit.

    `period` is a calendar month of business time (`2026-11`) for what is counted by the month, and `always` for what
    is kept as a level, such as stored bytes: there, negative quantities give back.
    """

    __tablename__ = "entitlement_usage"
    __table_args__ = keeps(
        owner="billing",
        retention="tenant",
        erasure=Kept("sums without a person in them, by which use beyond a limit was charged"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    entitlement: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int]
