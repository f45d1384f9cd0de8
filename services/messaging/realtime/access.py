"""Access that ends: messaging's handlers ring when it did, so that the nodes close the sockets at once."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.access_mode import apply_access_change
from libs.contracts.auth import MemberChanged
from libs.contracts.billing import TenantAccessChanged
from services.messaging.members.handlers import on_member_changed

BELL = "messaging_access"
"""The channel on which PostgreSQL says that somebody's access may have ended."""


async def on_membership(session: AsyncSession, event: MemberChanged) -> None:
    """Takes over the membership; who left loses their sockets."""
    await on_member_changed(session, event)
    if not event.active:
        await _ring(session)


async def on_access_mode(session: AsyncSession, event: TenantAccessChanged) -> None:
    """Takes over the access mode; a business that is suspended loses its sockets."""
    await apply_access_change(session, event)
    if event.mode == "suspended":
        await _ring(session)


async def _ring(session: AsyncSession) -> None:
    await session.execute(select(func.pg_notify(BELL, "")))
