"""All SQL of members."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.members.models import TenantMember


async def keep_newest(
    session: AsyncSession, *, tenant_id: UUID, user_id: UUID, role: str, active: bool, version: int
) -> bool:
    """Takes over what auth says of a membership; False if something newer is known."""
    row = insert(TenantMember).values(tenant_id=tenant_id, user_id=user_id, role=role, active=active, version=version)
    taken = row.on_conflict_do_update(
        index_elements=[TenantMember.tenant_id, TenantMember.user_id],
        set_={"role": row.excluded.role, "active": row.excluded.active, "version": row.excluded.version},
        where=TenantMember.version < row.excluded.version,
    ).returning(TenantMember.user_id)
    return await session.scalar(taken) is not None


async def active_among(session: AsyncSession, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of `user_ids` who work in the business at present."""
    wanted = select(TenantMember.user_id).where(TenantMember.user_id.in_(user_ids), TenantMember.active)
    return set(await session.scalars(wanted))


async def active_with_role(session: AsyncSession, roles: Collection[str]) -> set[UUID]:
    """The people with one of these roles at present."""
    wanted = select(TenantMember.user_id).where(TenantMember.role.in_(roles), TenantMember.active)
    return set(await session.scalars(wanted))


async def hold(session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Of those whom auth has told of, whether they work in the business at present; it stays so until the session ends.

    Comes before any stream is locked, as it does where a membership ends.
    """
    wanted = select(TenantMember.user_id, TenantMember.active).where(TenantMember.user_id.in_(user_ids))
    rows = await session.execute(wanted.order_by(TenantMember.user_id).with_for_update(read=True))
    return {row.user_id: row.active for row in rows}


async def is_known(session: AsyncSession, user_id: UUID) -> bool:
    """Whether the person works in the business, or did."""
    return await session.scalar(select(TenantMember.user_id).where(TenantMember.user_id == user_id)) is not None
