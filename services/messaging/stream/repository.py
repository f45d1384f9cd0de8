"""All SQL of streams."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import case, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.stream.models import Stream, StreamEvent

BELL = "messaging_stream"
"""The channel on which PostgreSQL says that there is something to relay."""


async def add_stream(session: AsyncSession, tenant_id: UUID, stream_id: UUID, epoch: UUID) -> None:
    row = upsert(Stream).values(tenant_id=tenant_id, id=stream_id, last_seq=0, epoch=epoch)
    await session.execute(row.on_conflict_do_nothing())


async def take_seqs(session: AsyncSession, stream_id: UUID, count: int = 1) -> tuple[UUID, int] | None:
    """Epoch and number of the last of the next `count` events. The row stays locked, so that none is lost or twice."""
    taken = (
        update(Stream)
        .where(Stream.id == stream_id)
        .values(last_seq=Stream.last_seq + count)
        .returning(Stream.epoch, Stream.last_seq)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(taken)).one_or_none()
    return None if row is None else (row.epoch, row.last_seq)


async def take_seq_of_each(session: AsyncSession, stream_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Epoch and number of the next event of each stream that there is, locked in the order of their ids."""
    in_order = select(Stream.id).where(Stream.id.in_(stream_ids)).order_by(Stream.id).with_for_update(key_share=True)
    await session.execute(in_order)
    taken = (
        update(Stream)
        .where(Stream.id.in_(stream_ids))
        .values(last_seq=Stream.last_seq + 1)
        .returning(Stream.id, Stream.epoch, Stream.last_seq)
        .execution_options(synchronize_session=False)
    )
    return {row.id: (row.epoch, row.last_seq) for row in await session.execute(taken)}


async def hold(session: AsyncSession, stream_id: UUID) -> None:
    """Locks the stream: until the transaction ends, nobody else writes to it, and what is read now stays so."""
    await session.execute(select(Stream.id).where(Stream.id == stream_id).with_for_update(key_share=True))


_ADD_EVENTS = text(f"""
    WITH written AS (
        INSERT INTO stream_event (tenant_id, stream_id, seq, kind, actor_id, message_id, data, sealed, created_at)
        SELECT :tenant_id, one.stream_id, one.seq, one.kind, one.actor_id, one.message_id, one.data::jsonb, one.sealed,
               one.created_at
        FROM unnest(
            CAST(:stream_id AS uuid[]), CAST(:seq AS bigint[]), CAST(:kind AS text[]), CAST(:actor_id AS uuid[]),
            CAST(:message_id AS uuid[]), CAST(:data AS text[]), CAST(:sealed AS bytea[]),
            CAST(:created_at AS timestamptz[])
        ) AS one (stream_id, seq, kind, actor_id, message_id, data, sealed, created_at)
        RETURNING tenant_id, stream_id, seq
    )
    INSERT INTO relay_entry (tenant_id, stream_id, seq)
    SELECT tenant_id, stream_id, seq FROM written
    RETURNING pg_notify('{BELL}', '')
""")  # noqa: S608  # the bell's name is a constant
_COLUMNS = ("stream_id", "seq", "kind", "actor_id", "message_id", "sealed", "created_at")


async def add_events(session: AsyncSession, tenant_id: UUID, events: Sequence[StreamEvent]) -> None:
    """Writes the events, notes that they are to be relayed, and rings when the transaction commits."""
    values: dict[str, Any] = {name: [getattr(event, name) for event in events] for name in _COLUMNS}
    data = [orjson.dumps(event.data, default=str, option=orjson.OPT_UTC_Z).decode() for event in events]
    await session.execute(_ADD_EVENTS, values | {"tenant_id": tenant_id, "data": data})


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
    """Takes the text and the attachments out of every event of a message that was deleted."""
    data = StreamEvent.data
    bare = case((data.has_key("attachments"), data.concat({"attachments": []})), else_=data)
    await session.execute(
        update(StreamEvent)
        .where(StreamEvent.message_id == message_id)
        .values(sealed=None, data=bare)
        .execution_options(synchronize_session=False)
    )
