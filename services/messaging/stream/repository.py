"""All SQL of streams."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.stream.models import RelayEntry, Stream, StreamEvent

BELL = "messaging_stream"
"""The channel on which PostgreSQL says that there is something to relay."""


async def add_stream(session: AsyncSession, tenant_id: UUID, stream_id: UUID, epoch: UUID) -> None:
    row = upsert(Stream).values(tenant_id=tenant_id, id=stream_id, last_seq=0, epoch=epoch)
    await session.execute(row.on_conflict_do_nothing())


async def take_seq(session: AsyncSession, stream_id: UUID) -> tuple[UUID, int] | None:
    """Epoch and number of the next event. The row stays locked, so that no number is lost or used twice."""
    taken = (
        update(Stream)
        .where(Stream.id == stream_id)
        .values(last_seq=Stream.last_seq + 1)
        .returning(Stream.epoch, Stream.last_seq)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(taken)).one_or_none()
    return None if row is None else (row.epoch, row.last_seq)


async def add_event(session: AsyncSession, event: StreamEvent) -> None:
    """Writes the event, notes that it is to be relayed, and rings when the transaction commits."""
    columns = StreamEvent.__table__.columns.keys()
    await session.execute(insert(StreamEvent).values({name: getattr(event, name) for name in columns}))
    await session.execute(
        insert(RelayEntry).values(tenant_id=event.tenant_id, stream_id=event.stream_id, seq=event.seq)
    )
    await session.execute(text(f"NOTIFY {BELL}"))


async def head(session: AsyncSession, stream_id: UUID) -> Stream | None:
    """The stream as it stands."""
    found: Stream | None = await session.scalar(
        select(Stream).where(Stream.id == stream_id).execution_options(populate_existing=True)
    )
    return found


async def events_after(
    session: AsyncSession, stream_id: UUID, seq: int, *, up_to: int, limit: int
) -> Sequence[StreamEvent]:
    """Events after `seq` up to `up_to`, in order, `limit` at the most."""
    wanted = (
        select(StreamEvent)
        .where(StreamEvent.stream_id == stream_id, StreamEvent.seq > seq, StreamEvent.seq <= up_to)
        .order_by(StreamEvent.seq)
        .limit(limit)
    )
    return (await session.scalars(wanted)).all()


async def empty_events_of_message(session: AsyncSession, message_id: UUID) -> None:
    """Takes the text out of every event of a message that was deleted."""
    await session.execute(
        update(StreamEvent)
        .where(StreamEvent.message_id == message_id)
        .values(sealed=None)
        .execution_options(synchronize_session=False)
    )
