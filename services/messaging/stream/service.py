"""Writing to streams. Whoever changes something that others see takes the next position of its stream and writes the
event there, in the transaction of the change itself: there is no change without its event and no event without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.messaging.stream import repository
from services.messaging.stream.models import StreamEvent


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a stream, taken by this transaction; nobody else writes to the stream until it ends."""

    tenant_id: UUID
    stream_id: UUID
    epoch: UUID
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an event says. `data` is JSON and holds no text that people wrote; that comes `sealed`."""

    kind: str
    data: Mapping[str, Any]
    actor_id: UUID | None = None
    message_id: UUID | None = None
    sealed: bytes | None = None


async def open_stream(session: AsyncSession, tenant_id: UUID, stream_id: UUID) -> None:
    """Makes the stream, unless there is one."""
    await repository.add_stream(session, tenant_id, stream_id, new_id())


async def take_position(session: AsyncSession, tenant_id: UUID, stream_id: UUID) -> Position:
    """The next position. Take those of several streams in the order of their ids, or two writers may block each other.

    Raises:
        LookupError: there is no such stream.
    """
    (position,) = await _take_positions(session, tenant_id, stream_id, 1)
    return position


async def write_event(
    session: AsyncSession,
    position: Position,
    kind: str,
    *,
    data: Mapping[str, Any],
    actor_id: UUID | None = None,
    message_id: UUID | None = None,
    sealed: bytes | None = None,
) -> None:
    """Writes what happened at `position`. `data` is JSON and holds no text that people wrote; that comes `sealed`."""
    change = Change(kind=kind, data=data, actor_id=actor_id, message_id=message_id, sealed=sealed)
    await repository.add_events(session, position.tenant_id, [_event(position, change)])


async def append(
    session: AsyncSession,
    tenant_id: UUID,
    stream_id: UUID,
    kind: str,
    *,
    data: Mapping[str, Any],
    actor_id: UUID | None = None,
) -> Position:
    """Takes the next position and writes an event without text there."""
    position = await take_position(session, tenant_id, stream_id)
    await write_event(session, position, kind, data=data, actor_id=actor_id)
    return position


async def append_all(
    session: AsyncSession, tenant_id: UUID, stream_id: UUID, changes: Sequence[Change]
) -> Sequence[Position]:
    """Writes several events to one stream, and says where they stand.

    Raises:
        LookupError: there is no such stream.
    """
    if not changes:
        return ()
    positions = await _take_positions(session, tenant_id, stream_id, len(changes))
    await repository.add_events(session, tenant_id, [_event(*pair) for pair in zip(positions, changes, strict=True)])
    return positions


async def append_to_each(
    session: AsyncSession, tenant_id: UUID, changes: Mapping[UUID, Change]
) -> Mapping[UUID, Position]:
    """Writes one event to each of several streams, given by their ids, and says where it stands in each.

    A stream that does not exist is passed over.
    """
    if not changes:
        return {}
    taken = await repository.take_seq_of_each(session, changes.keys())
    positions = {one: Position(tenant_id, one, *at) for one, at in sorted(taken.items())}
    if positions:
        await repository.add_events(session, tenant_id, [_event(at, changes[one]) for one, at in positions.items()])
    return positions


async def _take_positions(session: AsyncSession, tenant_id: UUID, stream_id: UUID, count: int) -> Sequence[Position]:
    taken = await repository.take_seqs(session, stream_id, count)
    if taken is None:
        raise LookupError(f"no stream {stream_id}")
    epoch, last = taken
    return [Position(tenant_id, stream_id, epoch, seq) for seq in range(last - count + 1, last + 1)]


def _event(position: Position, change: Change) -> StreamEvent:
    return StreamEvent(
        tenant_id=position.tenant_id,
        stream_id=position.stream_id,
        seq=position.seq,
        kind=change.kind,
        actor_id=change.actor_id,
        message_id=change.message_id,
        data=dict(change.data),
        sealed=change.sealed,
        created_at=datetime.now(UTC),
    )
