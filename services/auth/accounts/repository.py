"""All SQL of people and their businesses, within one tenant or for one person."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.accounts.models import Membership, TenantRow, UserAccount


async def add_user(session: AsyncSession, user: UserAccount) -> bool:
    """False if the address is taken."""
    values = {column.name: getattr(user, column.name) for column in UserAccount.__table__.columns}
    statement = insert(UserAccount).values(values).on_conflict_do_nothing(index_elements=[UserAccount.email])
    return await session.scalar(statement.returning(UserAccount.id)) is not None


async def add_tenant(session: AsyncSession, tenant: TenantRow, owner: Membership) -> None:
    session.add(tenant)
    await session.flush()
    session.add(owner)
    await session.flush()


async def find_user_by_email(session: AsyncSession, email: str) -> UserAccount | None:
    return await session.scalar(select(UserAccount).where(UserAccount.email == email))


async def find_user(session: AsyncSession, user_id: UUID) -> UserAccount | None:
    return await session.get(UserAccount, user_id)


async def hold_password(session: AsyncSession, user_id: UUID, password_hash: str) -> bool:
    """Whether this is still the person's password; if so, it cannot change before the transaction ends."""
    same = UserAccount.id == user_id, UserAccount.password_hash == password_hash
    return await session.scalar(select(UserAccount.id).where(*same).with_for_update(read=True)) is not None


async def change_password(session: AsyncSession, user_id: UUID, *, old_hash: str, new_hash: str) -> bool:
    """False where `old_hash` is the person's no longer."""
    same = UserAccount.id == user_id, UserAccount.password_hash == old_hash
    changed = update(UserAccount).where(*same).values(password_hash=new_hash).returning(UserAccount.id)
    return await session.scalar(changed) is not None


async def change_profile(session: AsyncSession, user_id: UUID, changes: Mapping[str, str]) -> None:
    """`changes` are by the name of the column, and not empty."""
    await session.execute(update(UserAccount).where(UserAccount.id == user_id).values(**changes))


async def find_tenant(session: AsyncSession, tenant_id: UUID) -> TenantRow | None:
    return await session.get(TenantRow, tenant_id)


async def find_owner(session: AsyncSession, tenant_id: UUID) -> UserAccount | None:
    """The owner of the tenant that the session is bound to; the first, where there are several."""
    return await session.scalar(
        select(UserAccount)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(Membership.tenant_id == tenant_id, Membership.role == "owner", Membership.ended_at.is_(None))
        .order_by(Membership.created_at)
        .limit(1)
    )
