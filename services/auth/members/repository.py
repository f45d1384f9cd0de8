"""All SQL of the people of one business. Sessions are bound to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.auth.accounts.models import Membership, TenantRow, UserAccount

_PRESENT = Membership.ended_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member, with what their account says."""

    membership_id: UUID
    user_id: UUID
    full_name: str
    email: str
    role: str
    joined_at: datetime


async def hold_members(session: AsyncSession, tenant_id: UUID) -> TenantRow | None:
    """The business. Until the transaction ends nobody else who calls this changes who belongs to it."""
    held = select(TenantRow).where(TenantRow.tenant_id == tenant_id).with_for_update(key_share=True)
    return await session.scalar(held)


_PEOPLE = (
    select(
        Membership.id.label("membership_id"),
        Membership.user_id,
        UserAccount.full_name,
        UserAccount.email,
        Membership.role,
        Membership.created_at.label("joined_at"),
    )
    .join(UserAccount, UserAccount.id == Membership.user_id)
    .where(_PRESENT)
)


async def list_people(session: AsyncSession, *, limit: int, after: tuple[datetime, UUID] | None = None) -> list[Person]:
    """In the order in which they joined; `after` is that moment and the membership's id, of the last one before."""
    order = Membership.created_at, Membership.id
    query = _PEOPLE.order_by(*order).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [Person(**row) for row in (await session.execute(query)).mappings()]


async def find_person(session: AsyncSession, user_id: UUID) -> Person | None:
    """The member with what their account says."""
    row = (await session.execute(_PEOPLE.where(Membership.user_id == user_id))).mappings().one_or_none()
    return None if row is None else Person(**row)


async def find_membership(session: AsyncSession, user_id: UUID) -> Membership | None:
    """The person's membership, unless it has ended."""
    return await session.scalar(select(Membership).where(_PRESENT, Membership.user_id == user_id))


async def role_of(session: AsyncSession, user_id: UUID) -> str | None:
    """The person's role at this moment; None for who is no member."""
    membership = await find_membership(session, user_id)
    return None if membership is None else membership.role


async def has_address(session: AsyncSession, email: str) -> bool:
    """Whether a member has this address."""
    query = select(Membership.id).join(UserAccount, UserAccount.id == Membership.user_id)
    return await session.scalar(query.where(_PRESENT, UserAccount.email == email)) is not None


async def count_owners(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).where(_PRESENT, Membership.role == "owner")) or 0


async def count_members(session: AsyncSession) -> int:
    return await session.scalar(select(func.count(Membership.id)).where(_PRESENT)) or 0


async def join(session: AsyncSession, *, tenant_id: UUID, user_id: UUID, role: str, now: datetime) -> Membership | None:
    """The person's membership from now on, also of one who had left; None if they are a member already."""
    known = await session.scalar(select(Membership).where(Membership.user_id == user_id))
    if known is None:
        known = Membership(
            tenant_id=tenant_id, id=new_id(), user_id=user_id, role=role, created_at=now, version=1, ended_at=None
        )
        session.add(known)
    elif known.ended_at is None:
        return None
    else:
        known.role, known.created_at, known.ended_at, known.version = role, now, None, known.version + 1
    await session.flush()
    return known


async def change_role(session: AsyncSession, membership: Membership, role: str) -> None:
    membership.role, membership.version = role, membership.version + 1
    await session.flush()


async def end(session: AsyncSession, membership: Membership, now: datetime) -> None:
    membership.ended_at, membership.version = now, membership.version + 1
    await session.flush()
