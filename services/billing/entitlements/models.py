"""What tenants have used, and what is held for them until it is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
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


class EntitlementReservation(Base):
    """A part of a limit that is held for one use, and then what was counted for that use.

    While `counted` is null, `quantity` is held until `kept_until`, which is a lease in technical time. Once it is
    settled, nothing is held, and `kept_until` is how long it is remembered, so that the same use never counts twice.
    `period` is the one in which it was reserved; what was used counts there.
    """

    __tablename__ = "entitlement_reservation"
    __table_args__ = keeps(
        owner="billing",
        retention=Timed(after=timedelta(), since="kept_until"),
        erasure=Kept("ids without a person, so that use heard of late counts once; gone after thirty days"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    entitlement: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str]
    quantity: Mapped[int]
    counted: Mapped[int | None]
    kept_until: Mapped[datetime]
