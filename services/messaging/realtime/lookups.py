"""What a node asks across the tenants of its connections: which streams moved on, and whose access ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.platform_tables import TenantAccessRow
from services.messaging.realtime.repository import Head

Place = tuple[UUID, UUID]
"""A tenant's id, with the id of one of its people or streams."""


Asked = tuple[UUID, UUID, UUID]
"""A tenant's id, a person's, and that of the stream that they want to follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How far a node has a stream."""

    tenant_id: UUID
    stream_id: UUID
    epoch: UUID
    seq: int


_HEADS = text("""
    SELECT DISTINCT asked.tenant_id, asked.user_id, stream.id, stream.epoch, stream.last_seq
    FROM unnest(
        CAST(:tenant_id AS uuid[]), CAST(:user_id AS uuid[]), CAST(:stream_id AS uuid[])
    ) AS asked (tenant_id, user_id, stream_id)
    JOIN stream ON stream.tenant_id = asked.tenant_id AND stream.id = asked.stream_id
    WHERE (
        asked.stream_id = asked.user_id
        OR EXISTS (
            SELECT FROM conversation_member member
            WHERE member.tenant_id = asked.tenant_id AND member.conversation_id = asked.stream_id
              AND member.user_id = asked.user_id
        )
    )
    AND NOT EXISTS (
        SELECT FROM tenant_member
        WHERE tenant_member.tenant_id = asked.tenant_id AND tenant_member.user_id = asked.user_id
          AND NOT tenant_member.active
    )
""")
_MOVED = text("""
    SELECT stream.tenant_id, stream.id, stream.epoch, stream.last_seq
    FROM unnest(
        CAST(:tenant_id AS uuid[]), CAST(:stream_id AS uuid[]), CAST(:epoch AS uuid[]), CAST(:seq AS bigint[])
    ) AS known (tenant_id, stream_id, epoch, seq)
    JOIN stream ON stream.tenant_id = known.tenant_id AND stream.id = known.stream_id
    WHERE stream.last_seq <> known.seq OR stream.epoch <> known.epoch
""")
_LEFT = text("""
    SELECT member.tenant_id, member.user_id
    FROM unnest(CAST(:tenant_id AS uuid[]), CAST(:user_id AS uuid[])) AS present (tenant_id, user_id)
    JOIN tenant_member member ON member.tenant_id = present.tenant_id AND member.user_id = present.user_id
    WHERE NOT member.active
""")


async def heads_for(session: AsyncSession, asked: Sequence[Asked]) -> dict[Asked, Head]:
    """The heads of those streams that each person may follow: their own, and of conversations they take part in."""
    names = ("tenant_id", "user_id", "stream_id")
    values = {name: [one[index] for one in asked] for index, name in enumerate(names)}
    rows = await session.execute(_HEADS, values)
    return {(row.tenant_id, row.user_id, row.id): Head(epoch=row.epoch, seq=row.last_seq) for row in rows}


async def moved(session: AsyncSession, known: Sequence[Known]) -> dict[Place, tuple[UUID, int]]:
    """Epoch and last number of those streams that are not as they are known here."""
    values = {name: [getattr(one, name) for one in known] for name in ("tenant_id", "stream_id", "epoch", "seq")}
    rows = await session.execute(_MOVED, values)
    return {(row.tenant_id, row.id): (row.epoch, row.last_seq) for row in rows}


async def left(session: AsyncSession, present: Sequence[Place]) -> set[Place]:
    """Those who left their business."""
    values = {"tenant_id": [tenant for tenant, _ in present], "user_id": [user for _, user in present]}
    return {(row.tenant_id, row.user_id) for row in await session.execute(_LEFT, values)}


async def suspended(session: AsyncSession, tenant_ids: Sequence[UUID]) -> set[UUID]:
    """Those businesses that may do nothing at present."""
    wanted = select(TenantAccessRow.tenant_id).where(
        TenantAccessRow.tenant_id.in_(tenant_ids), TenantAccessRow.mode == "suspended"
    )
    return set(await session.scalars(wanted))
