"""Limits on sign-in and sign-up per address, kept in PostgreSQL so that every replica counts together."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import func

from libs.common.database import Database
from libs.common.problems import RateLimited
from services.auth.attempts.models import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `times` in a window of `seconds`, which begins at the first try."""

    name: str
    times: int
    seconds: int


async def count_try(database: Database, limit: Limit, subject: str) -> None:
    """Counts one try in a transaction of its own, so that it stays counted when what is tried fails.

    Raises:
        RateLimited: there were too many; says when to come back.
    """
    async with database.platform_session() as session:
        retry_after = await _count(session, limit, subject)
    if retry_after is not None:
        raise RateLimited(
            "Too many tries for this address. Wait as long as `Retry-After` says.", retry_after=retry_after
        )


async def _count(session: AsyncSession, limit: Limit, subject: str) -> float | None:
    """Counts one try; where it is one too many, the seconds until the window ends."""
    now = datetime.now(UTC)
    fresh_end = now + timedelta(seconds=limit.seconds)
    row = insert(Attempt).values(id=_key(limit, subject), count=1, window_ends_at=fresh_end)
    over = Attempt.window_ends_at < func.clock_timestamp()
    statement = row.on_conflict_do_update(
        index_elements=[Attempt.id],
        set_={
            "count": case((over, 1), else_=Attempt.count + 1),
            "window_ends_at": case((over, fresh_end), else_=Attempt.window_ends_at),
        },
    ).returning(Attempt.count, Attempt.window_ends_at)
    count, ends_at = (await session.execute(statement)).one()
    return (ends_at - now).total_seconds() if count > limit.times else None


async def forget_attempts(session: AsyncSession, limit: Limit, subject: str) -> None:
    """Starts a new window, after a success."""
    row = insert(Attempt).values(id=_key(limit, subject), count=0, window_ends_at=datetime.now(UTC))
    await session.execute(row.on_conflict_do_update(index_elements=[Attempt.id], set_={"count": 0}))


def _key(limit: Limit, subject: str) -> bytes:
    return hashlib.sha256(f"{limit.name}:{subject}".encode()).digest()
