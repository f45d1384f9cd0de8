"""All SQL of data keys."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.keys.models import DataKey


async def all_keys(session: AsyncSession) -> list[DataKey]:
    return list(await session.scalars(select(DataKey)))


async def add(session: AsyncSession, row: DataKey) -> None:
    session.add(row)
    await session.flush()


async def add_first(session: AsyncSession, tenant_id: UUID, rows: list[DataKey]) -> list[DataKey]:
    """Adds a tenant's first keys unless there are some; returns those that there are then."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(str(tenant_id), 0))
    await session.execute(select(lock))
    known = await all_keys(session)
    if known:
        return known
    session.add_all(rows)
    await session.flush()
    return rows
