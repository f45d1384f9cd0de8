"""Writing to streams. Whoever changes something that others see takes the next position of its stream and writes the
event there, in the transaction of the change itself: there is no change without its event and no event without it.
"""

from collections.abc import Mapping
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


async def open_stream(session: AsyncSession, tenant_id: UUID, stream_id: UUID) -> None:
    """Makes the stream, unless there is one."""
    await repository.add_stream(session, tenant_id, stream_id, new_id())


async def take_position(session: AsyncSession, tenant_id: UUID, stream_id: UUID) -> Position:
    """The next position. Take those of several streams in the order of their ids, or two writers may block each other.

    Raises:
        LookupError: there is no such stream.
    """
    taken = await repository.take_seq(session, stream_id)
    if taken is None:
        raise LookupError(f"no stream {stream_id}")
    return Position(tenant_id, stream_id, *taken)


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
    event = StreamEvent(
        tenant_id=position.tenant_id,
        stream_id=position.stream_id,
        seq=position.seq,
        kind=kind,
        actor_id=actor_id,
        message_id=message_id,
        data=dict(data),
        sealed=sealed,
        created_at=datetime.now(UTC),
    )
    await repository.add_event(session, event)


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
