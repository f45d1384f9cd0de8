"""All SQL of the invitations of one business. Sessions are bound to it."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.invitations.models import Invitation


def _open() -> tuple[ColumnElement[bool], ...]:
    return Invitation.ended_at.is_(None), Invitation.expires_at > datetime.now(UTC)


async def list_open(
    session: AsyncSession, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[Invitation]:
    """Newest first; `after` is creation time and id of the last one on the page before."""
    order = Invitation.created_at, Invitation.id
    query = select(Invitation).where(*_open()).order_by(*(column.desc() for column in order)).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return list(await session.scalars(query))


async def count_open(session: AsyncSession) -> int:
    return await session.scalar(select(func.count(Invitation.id)).where(*_open())) or 0


async def find_open(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    return await session.scalar(select(Invitation).where(*_open(), Invitation.id == invitation_id))


async def find_open_by_token(session: AsyncSession, token_hash: bytes) -> Invitation | None:
    return await session.scalar(select(Invitation).where(*_open(), Invitation.token_hash == token_hash))


async def find(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    """The invitation, also one that has ended."""
    return await session.scalar(select(Invitation).where(Invitation.id == invitation_id))


async def add(session: AsyncSession, invitation: Invitation) -> None:
    session.add(invitation)
    await session.flush()


async def end_those_to(session: AsyncSession, email: str, now: datetime) -> None:
    """Ends what this address was sent before, expired or not."""
    sent = Invitation.email == email, Invitation.ended_at.is_(None)
    await session.execute(update(Invitation).where(*sent).values(ended_at=now))


async def end(session: AsyncSession, invitation_id: UUID, now: datetime) -> bool:
    """Ends an invitation that is open: one caller wins, all others get False."""
    ended = update(Invitation).where(*_open(), Invitation.id == invitation_id).values(ended_at=now)
    return await session.scalar(ended.returning(Invitation.id)) is not None
