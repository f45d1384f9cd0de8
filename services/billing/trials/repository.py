"""All SQL of trials."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.trials.models import Trial


async def find(session: AsyncSession, tenant_id: UUID) -> Trial | None:
    return await session.scalar(select(Trial).where(Trial.tenant_id == tenant_id))


async def add(session: AsyncSession, trial: Trial) -> None:
    session.add(trial)
    await session.flush()


async def due_tenants(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[UUID]:
    """Tenants with a trial that has a step to take. Needs a system session."""
    due = select(Trial.tenant_id).where(Trial.next_step_at <= now).order_by(Trial.next_step_at).limit(limit)
    return (await session.scalars(due)).all()


async def next_due(session: AsyncSession) -> datetime | None:
    """The earliest next step of all trials. Needs a system session."""
    return await session.scalar(select(func.min(Trial.next_step_at)))
