"""What is asked across tenants: whose data key is old."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.keys.models import DataKey


async def tenants_with_old_keys(session: AsyncSession, *, before: datetime, limit: int) -> Sequence[UUID]:
    """Tenants whose newest data key was made before `before`, in no order: who cannot be served holds up nobody."""
    wanted = (
        select(DataKey.tenant_id)
        .where(DataKey.purpose == "content")
        .group_by(DataKey.tenant_id)
        .having(func.max(DataKey.created_at) < before)
        .order_by(func.random())
        .limit(limit)
    )
    return (await session.scalars(wanted)).all()
