"""All SQL of the use of entitlements, and of what is held for use to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.entitlements.models import EntitlementReservation, EntitlementUsage

RESERVATION_KEY = [EntitlementReservation.tenant_id, EntitlementReservation.entitlement, EntitlementReservation.id]
USAGE_KEY = [EntitlementUsage.tenant_id, EntitlementUsage.entitlement, EntitlementUsage.period]
UNSETTLED = EntitlementReservation.counted.is_(None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of an entitlement was used, and how much live reservations hold."""

    used: int = 0
    held: int = 0


async def add_use(session: AsyncSession, tenant_id: UUID, entitlement: str, period: str, quantity: int) -> None:
    row = insert(EntitlementUsage).values(tenant_id=tenant_id, entitlement=entitlement, period=period, used=quantity)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=USAGE_KEY,
            set_={"used": EntitlementUsage.used + row.excluded.used},
        )
    )


async def standings(
    session: AsyncSession, tenant_id: UUID, periods: Sequence[str], *, now: datetime
) -> Mapping[tuple[str, str], Standing]:
    """What was used and is held at technical time `now`, by entitlement and period. What is neither is not named.

    Both are read at one moment: what is settled meanwhile is found in one of them, not in none.
    """
    used = select(
        EntitlementUsage.entitlement, EntitlementUsage.period, EntitlementUsage.used, literal(0).label("held")
    ).where(EntitlementUsage.tenant_id == tenant_id, EntitlementUsage.period.in_(periods))
    held = select(
        EntitlementReservation.entitlement, EntitlementReservation.period, literal(0), EntitlementReservation.quantity
    ).where(
        EntitlementReservation.tenant_id == tenant_id,
        EntitlementReservation.period.in_(periods),
        UNSETTLED,
        EntitlementReservation.kept_until > now,
    )
    both = union_all(used, held).subquery()
    summed = select(
        both.c.entitlement, both.c.period, func.sum(both.c.used).label("used"), func.sum(both.c.held).label("held")
    ).group_by(both.c.entitlement, both.c.period)
    return {
        (row.entitlement, row.period): Standing(used=int(row.used), held=int(row.held))
        for row in await session.execute(summed)
    }


async def lock_use(session: AsyncSession, tenant_id: UUID, entitlement: str, period: str) -> None:
    """Until the session ends, nobody else adds to this use or decides whether there may be more of it."""
    row = insert(EntitlementUsage).values(tenant_id=tenant_id, entitlement=entitlement, period=period, used=0)
    await session.execute(row.on_conflict_do_update(index_elements=USAGE_KEY, set_={"used": EntitlementUsage.used}))


async def hold(session: AsyncSession, reservation: EntitlementReservation, *, now: datetime) -> bool:
    """Holds what `reservation` says; False if its id is held already or was settled. One that lapsed may come again.

    The row stays locked until the session ends: the same id is worked on by one at a time.
    """
    row = _new(reservation)
    held = row.on_conflict_do_update(
        index_elements=RESERVATION_KEY,
        set_={"period": row.excluded.period, "quantity": row.excluded.quantity, "kept_until": row.excluded.kept_until},
        where=UNSETTLED & (EntitlementReservation.kept_until <= now),
    )
    return await session.scalar(held.returning(EntitlementReservation.id)) is not None


async def find_reservation(
    session: AsyncSession, tenant_id: UUID, entitlement: str, reservation_id: UUID
) -> EntitlementReservation:
    """One that there is."""
    found = select(EntitlementReservation).where(
        EntitlementReservation.tenant_id == tenant_id,
        EntitlementReservation.entitlement == entitlement,
        EntitlementReservation.id == reservation_id,
    )
    return (await session.scalars(found)).one()


async def take_reservation(session: AsyncSession, unknown: EntitlementReservation) -> EntitlementReservation:
    """The reservation of this id to be settled, locked until the session ends; `unknown` where there was none."""
    row = _new(unknown)
    taken = row.on_conflict_do_update(index_elements=RESERVATION_KEY, set_={"id": row.excluded.id})
    found = await session.scalars(taken.returning(EntitlementReservation).execution_options(populate_existing=True))
    return found.one()


def _new(reservation: EntitlementReservation) -> Insert:
    return insert(EntitlementReservation).values(
        tenant_id=reservation.tenant_id,
        entitlement=reservation.entitlement,
        id=reservation.id,
        period=reservation.period,
        quantity=reservation.quantity,
        kept_until=reservation.kept_until,
    )
