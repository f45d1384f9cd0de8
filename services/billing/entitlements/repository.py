"""All SQL of the use of entitlements."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.entitlements.models import EntitlementUsage


async def add_use(session: AsyncSession, tenant_id: UUID, entitlement: str, period: str, quantity: int) -> None:
    row = insert(EntitlementUsage).values(tenant_id=tenant_id, entitlement=entitlement, period=period, used=quantity)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[EntitlementUsage.tenant_id, EntitlementUsage.entitlement, EntitlementUsage.period],
            set_={"used": EntitlementUsage.used + row.excluded.used},
        )
    )


async def uses(session: AsyncSession, tenant_id: UUID, periods: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """What was used, by entitlement and period, in these periods. What was never used is not named."""
    wanted = select(EntitlementUsage.entitlement, EntitlementUsage.period, EntitlementUsage.used).where(
        EntitlementUsage.tenant_id == tenant_id, EntitlementUsage.period.in_(periods)
    )
    return {(row.entitlement, row.period): row.used for row in await session.execute(wanted)}
