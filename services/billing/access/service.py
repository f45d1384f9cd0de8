"""What a tenant may do at present: `full`, `read_only` or `suspended`, by its subscription or else its trial."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.access_mode import Mode, apply_access_change
from libs.common.audit import record_audit
from libs.common.events import announce
from libs.common.platform_tables import TenantAccessRow
from libs.contracts.billing import TenantAccessChanged
from services.billing.plans.catalogue import Catalogue
from services.billing.subscriptions import repository as subscriptions
from services.billing.trials import repository as trials

BY_TRIAL: Mapping[str | None, Mode] = {
    None: "full",
    "active": "full",
    "grace": "read_only",
    "suspended": "suspended",
    "converted": "full",
}
logger = structlog.get_logger()


def decide_mode(*, trial: str | None, subscription: str | None, by_subscription: Mapping[str, Mode]) -> Mode:
    """A subscription that has ever been active decides; before there is one, the trial does."""
    if subscription is None:
        return BY_TRIAL[trial]
    return by_subscription.get(subscription, "read_only")


async def refresh_access(session: AsyncSession, tenant_id: UUID, *, catalogue: Catalogue, now: datetime) -> None:
    """Announces the tenant's mode if it has changed. The caller holds the account."""
    trial = await trials.find(session, tenant_id)
    subscription = await subscriptions.find_current(session, tenant_id)
    wanted = decide_mode(
        trial=trial.status if trial else None,
        subscription=subscription.status if subscription else None,
        by_subscription=catalogue.access,
    )
    mode, version = await _present_mode(session, tenant_id)
    if wanted == mode:
        return
    change = TenantAccessChanged(tenant_id=tenant_id, occurred_at=now, mode=wanted, version=version + 1)
    await apply_access_change(session, change)
    await announce(session, change)
    await record_audit(
        session,
        tenant_id=tenant_id,
        actor="service:billing",
        action=f"billing.access.{wanted}",
        target=f"tenant:{tenant_id}",
    )
    logger.info("access.changed", tenant_id=str(tenant_id), mode=wanted, before=mode)


async def _present_mode(session: AsyncSession, tenant_id: UUID) -> tuple[str, int]:
    present = select(TenantAccessRow.mode, TenantAccessRow.version).where(TenantAccessRow.tenant_id == tenant_id)
    row = (await session.execute(present)).one_or_none()
    return ("full", 0) if row is None else (row.mode, row.version)
