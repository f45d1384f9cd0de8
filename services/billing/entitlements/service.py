"""What a tenant has used, and whether it may use more: limits are the plan's, use is what services recorded.

What is held by reservations is compared with a limit as if it were used already.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.billing import (
    EntitlementCheck,
    EntitlementReservation,
    LimitReached,
    NewReservation,
    ReservationSettled,
)
from services.billing.entitlements import models, repository
from services.billing.entitlements.repository import Standing
from services.billing.entitlements.schemas import EntitlementUse, UsageAnswer
from services.billing.plans.catalogue import Catalogue, CataloguePlan
from services.billing.subscriptions import repository as subscriptions

ALWAYS = "always"
"""The period of what is kept as a level."""


class UnknownEntitlement(LookupError):
    """The catalogue does not know it: no plan says how much of it there may be."""


async def check(
    session: AsyncSession,
    tenant_id: UUID,
    entitlement: str,
    quantity: int,
    *,
    catalogue: Catalogue,
    now: datetime,
    upgrade_url: str,
) -> EntitlementCheck:
    """Whether the tenant may use `quantity` more of `entitlement`. Promises nothing: it reserves no part of the limit.

    Raises UnknownEntitlement.
    """
    require_known(catalogue, entitlement)
    plan = await plan_of(session, tenant_id, catalogue)
    taken = (await _taken(session, tenant_id, catalogue, now))[entitlement]
    limit, kind = plan.limits[entitlement], catalogue.limit_kind(plan, entitlement)
    return EntitlementCheck(
        allowed=kind == "soft" or limit is None or taken.used + taken.held + quantity <= limit,
        entitlement=entitlement,
        kind=kind,
        limit=limit,
        used=taken.used,
        held=taken.held,
        plan=plan.id,
        upgrade_url=upgrade_url,
    )


async def reserve(
    session: AsyncSession,
    tenant_id: UUID,
    entitlement: str,
    wanted: NewReservation,
    *,
    catalogue: Catalogue,
    now: datetime,
    upgrade_url: str,
) -> EntitlementReservation:
    """Holds a part of the limit for some time, once for each id. `now` is business time.

    Each reservation is written before the use is locked, and only what was written before is summed up after it: of
    two that do not both fit, the later one is refused, however many come at once.

    Raises:
        UnknownEntitlement, LimitReached
        ReservationSettled: the id was used, and is over.
    """
    require_known(catalogue, entitlement)
    period, technical_now = period_of(catalogue, entitlement, now), datetime.now(UTC)
    reservation = models.EntitlementReservation(
        tenant_id=tenant_id,
        entitlement=entitlement,
        id=wanted.id,
        period=period,
        quantity=wanted.quantity,
        kept_until=technical_now + timedelta(seconds=wanted.seconds),
    )
    if await repository.hold(session, reservation, now=technical_now):
        await repository.lock_use(session, tenant_id, entitlement, period)
        found = await check(session, tenant_id, entitlement, 0, catalogue=catalogue, now=now, upgrade_url=upgrade_url)
        if not found.allowed:
            raise LimitReached(found.model_copy(update={"held": found.held - wanted.quantity}))
    else:
        reservation = await repository.find_reservation(session, tenant_id, entitlement, wanted.id)
        if reservation.counted is not None:
            raise ReservationSettled
    return EntitlementReservation(
        id=reservation.id,
        entitlement=entitlement,
        quantity=reservation.quantity,
        held_until=reservation.kept_until,
    )


async def usage_of(session: AsyncSession, tenant_id: UUID, *, catalogue: Catalogue, now: datetime) -> UsageAnswer:
    """Everything the tenant has used, beside what its plan allows."""
    plan = await plan_of(session, tenant_id, catalogue)
    taken = await _taken(session, tenant_id, catalogue, now)
    items = [
        EntitlementUse(
            entitlement=name,
            unit=entitlement.unit,
            monthly=entitlement.period == "month",
            used=taken[name].used,
            held=taken[name].held,
            limit=plan.limits[name],
            kind=catalogue.limit_kind(plan, name),
            percent=_percent(taken[name].used + taken[name].held, plan.limits[name]),
        )
        for name, entitlement in catalogue.entitlements.items()
    ]
    return UsageAnswer(plan=plan.id, month=month_of(now), items=items)


async def plan_of(session: AsyncSession, tenant_id: UUID, catalogue: Catalogue) -> CataloguePlan:
    """The plan that was bought, or else the one that every business begins with."""
    subscription = await subscriptions.find_current(session, tenant_id)
    return catalogue.by_id[catalogue.trial.plan if subscription is None else subscription.plan]


async def _taken(session: AsyncSession, tenant_id: UUID, catalogue: Catalogue, now: datetime) -> Mapping[str, Standing]:
    """What a limit is compared with: what was used, and what is reserved but not used yet."""
    periods = (ALWAYS, month_of(now))
    found = await repository.standings(session, tenant_id, periods, now=datetime.now(UTC))
    taken = {name: found.get((name, period_of(catalogue, name, now)), Standing()) for name in catalogue.entitlements}
    # Events come in any order: what is given back may arrive before what was taken.
    return {name: Standing(used=max(0, one.used), held=one.held) for name, one in taken.items()}


def require_known(catalogue: Catalogue, entitlement: str) -> None:
    """Raises UnknownEntitlement."""
    if entitlement not in catalogue.entitlements:
        raise UnknownEntitlement(f"the catalogue has no entitlement {entitlement!r}")


def period_of(catalogue: Catalogue, entitlement: str, moment: datetime) -> str:
    """The period in which what is used at `moment` (business time) counts."""
    return month_of(moment) if catalogue.entitlements[entitlement].period == "month" else ALWAYS


def month_of(moment: datetime) -> str:
    """Such as `2026-11`, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def _percent(used: int, limit: int | None) -> int | None:
    """Rounded down, so that 100 means that the limit is reached. More where it was passed."""
    if limit is None:
        return None
    return used * 100 // limit if limit else 100
