"""What is asked across tenants: what is to be relayed and archived."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.history.models import ArchiveEntry
from services.messaging.stream.wire import CarriedEvent

_OF_MESSAGES = ("message.", "reaction.")


_TAKE = text("""
    WITH taken AS (
        DELETE FROM relay_entry
        WHERE (tenant_id, position) IN (
            SELECT tenant_id, position FROM relay_entry ORDER BY position LIMIT :most FOR UPDATE SKIP LOCKED
        )
        RETURNING tenant_id, position, stream_id, seq
    )
    SELECT e.tenant_id, e.stream_id, s.epoch, e.seq, e.kind, e.actor_id, e.message_id, e.data, e.sealed,
           e.created_at AS at
    FROM taken t
    JOIN stream_event e ON e.tenant_id = t.tenant_id AND e.stream_id = t.stream_id AND e.seq = t.seq
    JOIN stream s ON s.tenant_id = t.tenant_id AND s.id = t.stream_id
    ORDER BY t.position
""").columns(data=JSONB())


async def take_events(session: AsyncSession, *, most: int) -> Sequence[CarriedEvent]:
    """Events that are to be relayed, in the order in which they were written. They are noted as relayed if the session
    commits; other relays pass them over meanwhile.
    """
    # A plan that was made while the table was small, and kept, would read all of it at each ring.
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    rows = await session.execute(_TAKE, {"most": most})
    return [CarriedEvent(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name for it


async def note_changes(session: AsyncSession, events: Sequence[CarriedEvent]) -> None:
    """Notes every message that these events changed, for the archive to take up."""
    changed = {
        (event.tenant_id, UUID(str(event.data[name])))
        for event in events
        for name in ("message_id", "thread_root_id")
        if event.kind.startswith(_OF_MESSAGES) and event.data.get(name) is not None
    }
    if changed:
        rows = [{"tenant_id": tenant_id, "message_id": message_id} for tenant_id, message_id in sorted(changed)]
        await session.execute(insert(ArchiveEntry), rows)
