"""All SQL of presence."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.presence.models import LastSeen


async def note(session: AsyncSession, tenant_id: UUID, user_ids: Collection[UUID], at: datetime) -> None:
    """These people are here at `at`."""
    rows = [{"tenant_id": tenant_id, "user_id": user_id, "last_seen_at": at} for user_id in sorted(user_ids)]
    row = insert(LastSeen).values(rows)
    later = func.greatest(LastSeen.last_seen_at, row.excluded.last_seen_at)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[LastSeen.tenant_id, LastSeen.user_id], set_={LastSeen.last_seen_at: later}
        )
    )


async def last_seen(session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each was last seen; who never was is not in it."""
    wanted = select(LastSeen.user_id, LastSeen.last_seen_at).where(LastSeen.user_id.in_(user_ids))
    return {row.user_id: row.last_seen_at for row in await session.execute(wanted)}
