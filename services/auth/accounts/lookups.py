"""Whose is this e-mail address, and where does a person belong? Asked before there is a tenant."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from libs.common.database import Database
from services.auth.accounts.models import Membership, TenantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMembership:
    """One of a person's own memberships."""

    tenant_id: UUID
    slug: str
    name: str
    role: str


async def memberships_of(database: Database, user_id: UUID) -> list[OwnMembership]:
    """All businesses that a person belongs to, the first joined first."""
    query = (
        select(Membership.tenant_id, TenantRow.slug, TenantRow.name, Membership.role)
        .join(TenantRow, TenantRow.tenant_id == Membership.tenant_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    )
    async with database.system_session() as session:
        rows = (await session.execute(query)).all()
    return [OwnMembership(tenant_id=row.tenant_id, slug=row.slug, name=row.name, role=row.role) for row in rows]
