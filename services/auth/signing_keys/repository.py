"""All SQL of signing keys. They belong to the platform, so that every statement runs as the system role."""

from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.signing_keys.models import SigningKeyRow


async def hold_rotation(session: AsyncSession) -> None:
    """Lets one process rotate at a time."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('auth.rotate_signing_key'))"))


async def published(session: AsyncSession, now: datetime) -> list[SigningKeyRow]:
    """The keys that verifiers may still meet, the newest first."""
    visible = or_(SigningKeyRow.published_until.is_(None), SigningKeyRow.published_until > now)
    return list(await session.scalars(select(SigningKeyRow).where(visible).order_by(SigningKeyRow.active_from.desc())))


async def newest_active_from(session: AsyncSession) -> datetime | None:
    """When the newest key begins, or began, to sign."""
    return await session.scalar(select(func.max(SigningKeyRow.active_from)))


async def add(session: AsyncSession, row: SigningKeyRow) -> None:
    session.add(row)
    await session.flush()


async def retire_before(session: AsyncSession, newest_kid: str, *, published_until: datetime) -> None:
    """Sets the end of every key but the newest, where none is set."""
    older = SigningKeyRow.kid != newest_kid, SigningKeyRow.published_until.is_(None)
    await session.execute(update(SigningKeyRow).where(*older).values(published_until=published_until))


async def delete(session: AsyncSession, kid: str) -> None:
    await session.execute(sql_delete(SigningKeyRow).where(SigningKeyRow.kid == kid))
