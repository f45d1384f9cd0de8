"""What was used counts once, by whichever way it is heard of, how often, and in whatever order.

A use that was reserved is heard of twice: the caller finalises its reservation, and records its use in the transaction
that made it true. Both meet in the reservation's row, which says how much of it was counted.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import UsageRecorded
from libs.contracts.billing import SettledReservation
from services.billing.entitlements import repository
from services.billing.entitlements.models import EntitlementReservation
from services.billing.entitlements.service import period_of, require_known
from services.billing.plans.catalogue import Catalogue

REMEMBERED = timedelta(days=30)
"""How long a settled reservation is known: as long as the inbox knows an event."""


async def count_use(session: AsyncSession, event: UsageRecorded, *, catalogue: Catalogue, now: datetime) -> None:
    """Adds what was used to the month in which it was used, also when the event comes in a later one.

    Where it was reserved, it counts in the month of the reservation, in place of what was counted for that before.
    `now` is business time; the event is stamped in technical time, so it is as old by either clock.
    Raises UnknownEntitlement.
    """
    require_known(catalogue, event.entitlement)
    used_at = now - (datetime.now(UTC) - event.occurred_at)
    period = period_of(catalogue, event.entitlement, used_at)
    if event.reservation_id is None:
        await repository.add_use(session, event.tenant_id, event.entitlement, period, event.quantity)
    else:
        reservation = await _take(session, event.tenant_id, event.entitlement, event.reservation_id, period)
        await _count(session, reservation, event.quantity)


async def finalise(
    session: AsyncSession,
    tenant_id: UUID,
    entitlement: str,
    reservation_id: UUID,
    quantity: int,
    *,
    catalogue: Catalogue,
    now: datetime,
) -> SettledReservation:
    """Counts `quantity` in place of what was held, unless something was counted already; 0 gives all back.

    A reservation that lapsed, or that is not known, is settled all the same. Raises UnknownEntitlement.
    """
    require_known(catalogue, entitlement)
    period = period_of(catalogue, entitlement, now)
    reservation = await _take(session, tenant_id, entitlement, reservation_id, period)
    counted = reservation.counted
    if counted is None:
        await _count(session, reservation, quantity)
        counted = quantity
    return SettledReservation(id=reservation_id, entitlement=entitlement, counted=counted)


async def _take(
    session: AsyncSession, tenant_id: UUID, entitlement: str, reservation_id: UUID, period: str
) -> EntitlementReservation:
    """The reservation, locked. One that is not known is made, so that the other way of hearing of it finds it."""
    unknown = EntitlementReservation(
        tenant_id=tenant_id,
        entitlement=entitlement,
        id=reservation_id,
        period=period,
        quantity=0,
        kept_until=datetime.now(UTC) + REMEMBERED,
    )
    return await repository.take_reservation(session, unknown)


async def _count(session: AsyncSession, reservation: EntitlementReservation, quantity: int) -> None:
    more = quantity - (reservation.counted or 0)
    reservation.counted = quantity
    reservation.kept_until = datetime.now(UTC) + REMEMBERED
    if more:
        await repository.add_use(session, reservation.tenant_id, reservation.entitlement, reservation.period, more)
