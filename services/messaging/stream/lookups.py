"""What is asked across tenants: what is to be relayed and archived, and how far streams have come."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.history.models import ArchiveEntry
from services.messaging.stream.models import RelayEntry, Stream, StreamEvent
from services.messaging.stream.wire import CarriedEvent, carried

_OF_MESSAGES = ("message.", "reaction.")


async def claim_entries(session: AsyncSession, *, limit: int) -> Sequence[tuple[int, CarriedEvent]]:
    """Events that are to be relayed, each with its place in the relay's own order; held until the session ends."""
    wanted = (
        select(RelayEntry.position, StreamEvent, Stream.epoch)
        .join(
            StreamEvent,
            (StreamEvent.tenant_id == RelayEntry.tenant_id)
            & (StreamEvent.stream_id == RelayEntry.stream_id)
            & (StreamEvent.seq == RelayEntry.seq),
        )
        .join(Stream, (Stream.tenant_id == RelayEntry.tenant_id) & (Stream.id == RelayEntry.stream_id))
        .order_by(RelayEntry.position)
        .limit(limit)
        .with_for_update(of=RelayEntry, skip_locked=True)
    )
    rows = (await session.execute(wanted)).all()
    return [(position, carried(event, epoch)) for position, event, epoch in rows]


async def forget_entries(session: AsyncSession, positions: Sequence[int]) -> None:
    """Those events were relayed."""
    await session.execute(
        delete(RelayEntry).where(RelayEntry.position.in_(positions)).execution_options(synchronize_session=False)
    )


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


async def heads(session: AsyncSession, stream_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Epoch and last number of each stream that a node serves at present."""
    wanted = select(Stream.id, Stream.epoch, Stream.last_seq).where(Stream.id.in_(stream_ids))
    return {row.id: (row.epoch, row.last_seq) for row in await session.execute(wanted)}
