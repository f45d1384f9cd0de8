"""What a tenant has used, and whether it may use more: limits are the plan's, use is what services recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import UsageRecorded
from libs.contracts.billing import EntitlementCheck
from services.billing.entitlements import repository
from services.billing.entitlements.schemas import EntitlementUse, UsageAnswer
from services.billing.plans.catalogue import Catalogue, CataloguePlan
from services.billing.subscriptions import repository as subscriptions

ALWAYS = "always"
"""The period of what is kept as a level."""


class UnknownEntitlement(LookupError):
    """The catalogue does not know it: no plan says how much of it there may be."""


async def count_use(session: AsyncSession, event: UsageRecorded, *, catalogue: Catalogue, now: datetime) -> None:
    """Adds what was used to the month in which it was used, also when the event comes in a later one.

    `now` is business time; the event is stamped in technical time, so it is as old by either clock.
    Raises UnknownEntitlement.
    """
    _require_known(catalogue, event.entitlement)
    used_at = now - (datetime.now(UTC) - event.occurred_at)
    period = _period(catalogue, event.entitlement, used_at)
    await repository.add_use(session, event.tenant_id, event.entitlement, period, event.quantity)


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
    _require_known(catalogue, entitlement)
    plan = await plan_of(session, tenant_id, catalogue)
    used = (await _used(session, tenant_id, catalogue, now))[entitlement]
    limit, kind = plan.limits[entitlement], catalogue.limit_kind(plan, entitlement)
    return EntitlementCheck(
        allowed=kind == "soft" or limit is None or used + quantity <= limit,
        entitlement=entitlement,
        kind=kind,
        limit=limit,
        used=used,
        plan=plan.id,
        upgrade_url=upgrade_url,
    )


async def usage_of(session: AsyncSession, tenant_id: UUID, *, catalogue: Catalogue, now: datetime) -> UsageAnswer:
    """Everything the tenant has used, beside what its plan allows."""
    plan = await plan_of(session, tenant_id, catalogue)
    used = await _used(session, tenant_id, catalogue, now)
    items = [
        EntitlementUse(
            entitlement=name,
            unit=entitlement.unit,
            monthly=entitlement.period == "month",
            used=used[name],
            limit=plan.limits[name],
            kind=catalogue.limit_kind(plan, name),
            percent=_percent(used[name], plan.limits[name]),
        )
        for name, entitlement in catalogue.entitlements.items()
    ]
    return UsageAnswer(plan=plan.id, month=_month(now), items=items)


async def plan_of(session: AsyncSession, tenant_id: UUID, catalogue: Catalogue) -> CataloguePlan:
    """The plan that was bought, or else the one that every business begins with."""
    subscription = await subscriptions.find_current(session, tenant_id)
    return catalogue.by_id[catalogue.trial.plan if subscription is None else subscription.plan]


async def _used(session: AsyncSession, tenant_id: UUID, catalogue: Catalogue, now: datetime) -> Mapping[str, int]:
    """The use that a limit is compared with. What is reserved but not used yet would be added here, and only here."""
    uses = await repository.uses(session, tenant_id, (ALWAYS, _month(now)))
    # Events come in any order: what is given back may arrive before what was taken.
    return {name: max(0, uses.get((name, _period(catalogue, name, now)), 0)) for name in catalogue.entitlements}


def _require_known(catalogue: Catalogue, entitlement: str) -> None:
    if entitlement not in catalogue.entitlements:
        raise UnknownEntitlement(f"the catalogue has no entitlement {entitlement!r}")


def _period(catalogue: Catalogue, entitlement: str, moment: datetime) -> str:
    return _month(moment) if catalogue.entitlements[entitlement].period == "month" else ALWAYS


def _month(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def _percent(used: int, limit: int | None) -> int | None:
    """Rounded down, so that 100 means that the limit is reached. More where it was passed."""
    if limit is None:
        return None
    return used * 100 // limit if limit else 100
