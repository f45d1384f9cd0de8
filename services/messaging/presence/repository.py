"""All SQL of presence."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.presence.models import LastSeen

_NOTE = text("""
    INSERT INTO last_seen (tenant_id, user_id, last_seen_at)
    SELECT :tenant_id, one.user_id, :at FROM unnest(CAST(:user_ids AS uuid[])) AS one (user_id)
    ON CONFLICT (tenant_id, user_id)
    DO UPDATE SET last_seen_at = greatest(last_seen.last_seen_at, excluded.last_seen_at)
""")


async def note(session: AsyncSession, tenant_id: UUID, user_ids: Collection[UUID], at: datetime) -> None:
    """These people are here at `at`."""
    await session.execute(_NOTE, {"tenant_id": tenant_id, "user_ids": sorted(set(user_ids)), "at": at})


async def last_seen(session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each was last seen; who never was is not in it."""
    wanted = select(LastSeen.user_id, LastSeen.last_seen_at).where(LastSeen.user_id.in_(user_ids))
    return {row.user_id: row.last_seen_at for row in await session.execute(wanted)}
