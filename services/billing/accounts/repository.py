"""All SQL of billing accounts, within one tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.accounts.models import BillingAccount


async def hold(session: AsyncSession, tenant_id: UUID) -> BillingAccount:
    """The account, made if need be, and locked until the session ends: changes of one tenant come one by one."""
    await session.execute(
        insert(BillingAccount).values(tenant_id=tenant_id, subscription_version=0).on_conflict_do_nothing()
    )
    held = select(BillingAccount).where(BillingAccount.tenant_id == tenant_id).with_for_update()
    return (await session.scalars(held.execution_options(populate_existing=True))).one()


async def find(session: AsyncSession, tenant_id: UUID) -> BillingAccount | None:
    return await session.scalar(select(BillingAccount).where(BillingAccount.tenant_id == tenant_id))


async def set_next_reconciliation(session: AsyncSession, tenant_id: UUID, moment: datetime) -> None:
    await session.execute(
        update(BillingAccount).where(BillingAccount.tenant_id == tenant_id).values(next_reconcile_at=moment)
    )
