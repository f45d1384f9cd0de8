"""All SQL of sessions and refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.sessions.models import RefreshToken, UserSession


async def add_session(session: AsyncSession, row: UserSession, first_token: RefreshToken) -> None:
    session.add(row)
    await session.flush()
    session.add(first_token)
    await session.flush()


async def add_token(session: AsyncSession, token: RefreshToken) -> None:
    session.add(token)
    await session.flush()


async def use_token(session: AsyncSession, token_hash: bytes, now: datetime) -> UUID | None:
    """Marks an unused, unexpired token as used and returns its session: one caller wins, all others get None."""
    unused = (
        RefreshToken.token_hash == token_hash,
        RefreshToken.used_at.is_(None),
        RefreshToken.expires_at > now,
    )
    return await session.scalar(
        update(RefreshToken).where(*unused).values(used_at=now).returning(RefreshToken.session_id)
    )


async def find_token(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    return await session.get(RefreshToken, token_hash)


async def find_live_session(session: AsyncSession, session_id: UUID) -> UserSession | None:
    """The session unless it was revoked."""
    return await session.scalar(
        select(UserSession).where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
    )


async def touch(session: AsyncSession, session_id: UUID, *, tenant_id: UUID, now: datetime) -> None:
    """Notes the use of a session and the tenant it works in."""
    await session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_used_at=now, current_tenant_id=tenant_id)
    )


async def revoke(session: AsyncSession, session_id: UUID, *, because: str, now: datetime) -> bool:
    """Ends a session and its whole family of tokens; False if it had ended before."""
    live = UserSession.id == session_id, UserSession.revoked_at.is_(None)
    ended = update(UserSession).where(*live).values(revoked_at=now, revoked_because=because).returning(UserSession.id)
    return await session.scalar(ended) is not None
