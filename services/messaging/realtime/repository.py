"""All SQL of following streams. Each question is one statement, so that access and content are of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.conversations.models import ConversationMember
from services.messaging.members.models import TenantMember
from services.messaging.stream.models import Stream, StreamEvent
from services.messaging.stream.wire import CarriedEvent

MOST_MISSED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a stream has come."""

    epoch: UUID
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A stream's head with the events after some position; none where there are more than was asked for."""

    head: Head
    events: Sequence[CarriedEvent]


async def has_left(session: AsyncSession, user_id: UUID) -> bool:
    """Whether auth has told that the person left the business."""
    return bool(await session.scalar(select(_left(user_id))))


async def progress_for(session: AsyncSession, user_id: UUID, stream_id: UUID, *, after: int) -> Progress | None:
    """What happened after `after`, for a person who may follow the stream; None for anybody else."""
    return await _progress(session, stream_id, after, _may_follow(user_id), only_within=MOST_MISSED)


async def progress(session: AsyncSession, stream_id: UUID, *, after: int) -> Progress | None:
    """What happened after `after`, `MOST_MISSED` events at the most."""
    return await _progress(session, stream_id, after)


async def _progress(
    session: AsyncSession, stream_id: UUID, after: int, *only: ColumnElement[bool], only_within: int | None = None
) -> Progress | None:
    joined = and_(
        StreamEvent.tenant_id == Stream.tenant_id, StreamEvent.stream_id == Stream.id, StreamEvent.seq > after
    )
    if only_within is not None:
        joined = and_(joined, Stream.last_seq - after <= only_within)
    columns = StreamEvent.__table__.columns
    wanted = (
        select(Stream.tenant_id.label("tenant"), Stream.epoch, Stream.last_seq, *columns)
        .outerjoin(StreamEvent, joined)
        .where(Stream.id == stream_id, *only)
        .order_by(StreamEvent.seq)
        .limit(MOST_MISSED)
    )
    rows = (await session.execute(wanted)).all()
    if not rows:
        return None
    events = [
        CarriedEvent(
            tenant_id=row.tenant,
            stream_id=stream_id,
            epoch=row.epoch,
            seq=row.seq,
            kind=row.kind,
            actor_id=row.actor_id,
            message_id=row.message_id,
            data=row.data,
            sealed=row.sealed,
            at=row.created_at,
        )
        for row in rows
        if row.seq is not None
    ]
    return Progress(head=Head(epoch=rows[0].epoch, seq=rows[0].last_seq), events=events)


def _may_follow(user_id: UUID) -> ColumnElement[bool]:
    """A person's own stream, and those of the conversations that they take part in."""
    takes_part = exists().where(
        ConversationMember.tenant_id == Stream.tenant_id,
        ConversationMember.conversation_id == Stream.id,
        ConversationMember.user_id == user_id,
    )
    return and_(or_(Stream.id == user_id, takes_part), ~_left(user_id))


def _left(user_id: UUID) -> ColumnElement[bool]:
    return exists().where(TenantMember.user_id == user_id, ~TenantMember.active)
