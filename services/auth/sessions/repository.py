"""All SQL of sessions and refresh tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.sessions.models import RefreshToken, UserSession

MOST_SESSIONS = 100


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


async def revoke_all(
    session: AsyncSession, user_id: UUID, *, because: str, now: datetime, but: UUID | None = None
) -> None:
    """Ends all of a person's sessions, except `but`."""
    live = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if but is not None:
        live = live.where(UserSession.id != but)
    await session.execute(live.values(revoked_at=now, revoked_because=because))


async def revoke_all_in(session: AsyncSession, tenant_id: UUID, user_id: UUID, *, because: str, now: datetime) -> None:
    """Ends those of a person's sessions that work in this business."""
    live = UserSession.user_id == user_id, UserSession.current_tenant_id == tenant_id, UserSession.revoked_at.is_(None)
    await session.execute(update(UserSession).where(*live).values(revoked_at=now, revoked_because=because))


async def live_sessions(session: AsyncSession, user_id: UUID, *, used_since: datetime) -> Sequence[UserSession]:
    """A person's sessions that were not revoked, the last used first; at most `MOST_SESSIONS`."""
    live = UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.last_used_at > used_since
    newest = UserSession.last_used_at.desc(), UserSession.id
    return (await session.scalars(select(UserSession).where(*live).order_by(*newest).limit(MOST_SESSIONS))).all()


async def is_of_user(session: AsyncSession, session_id: UUID, user_id: UUID) -> bool:
    """Whether this is one of the person's sessions, ended or not."""
    own = select(UserSession.id).where(UserSession.id == session_id, UserSession.user_id == user_id)
    return await session.scalar(own) is not None
