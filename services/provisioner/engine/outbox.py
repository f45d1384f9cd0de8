"""Announces an event of a step that may run again: the second time, nothing is written."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Event, announce
from libs.common.platform_tables import OutboxRow


async def announce_once(session: AsyncSession, event: Event) -> None:
    """Writes the event unless the outbox has it. After the outbox was purged, the receivers' inboxes still know it."""
    if await session.scalar(select(OutboxRow.id).where(OutboxRow.id == event.id)) is None:
        await announce(session, event)
