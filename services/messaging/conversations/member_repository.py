"""All SQL of who takes part in conversations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.conversations.models import ConversationMember as Member

# Who comes has read what was there: the head of the stream and the number of the last message.
_ADD = text("""
    INSERT INTO conversation_member
        (tenant_id, conversation_id, user_id, role, joined_at, read_seq, read_number, muted_until)
    SELECT :tenant_id, c.id, one.user_id, one.role, :now, s.last_seq, c.message_count, NULL
    FROM unnest(CAST(:user_ids AS uuid[]), CAST(:roles AS text[])) AS one (user_id, role)
    JOIN conversation c ON c.id = :conversation_id
    JOIN stream s ON s.id = c.id
    ON CONFLICT DO NOTHING
    RETURNING user_id
""")
# The position is that of an event, and never beyond the head; what was read before stays read.
_READ = text("""
    UPDATE conversation_member m
    SET read_seq = least(:seq, s.last_seq),
        read_number = greatest(m.read_number, coalesce((
            SELECT x.number FROM message x WHERE x.conversation_id = :conversation_id AND x.seq <= :seq
            ORDER BY x.seq DESC LIMIT 1
        ), 0))
    FROM stream s
    WHERE s.id = :conversation_id AND m.conversation_id = :conversation_id AND m.user_id = :user_id
      AND m.read_seq < least(:seq, s.last_seq)
    RETURNING m.read_seq
""")
_POSITION = text("""
    SELECT m.read_seq, greatest(c.message_count - m.read_number, 0) AS unread,
           (SELECT count(*) FROM mention n
            WHERE n.user_id = m.user_id AND n.conversation_id = c.id AND n.seq > m.read_seq) AS mentions
    FROM conversation_member m JOIN conversation c ON c.id = m.conversation_id
    WHERE m.conversation_id = :conversation_id AND m.user_id = :user_id
""")


async def add(
    session: AsyncSession, tenant_id: UUID, conversation_id: UUID, roles: Mapping[UUID, str], *, now: datetime
) -> set[UUID]:
    """Adds people with their roles; returns those who did not take part before."""
    values = {
        "tenant_id": tenant_id,
        "conversation_id": conversation_id,
        "user_ids": list(roles),
        "roles": list(roles.values()),
        "now": now,
    }
    return set(await session.scalars(_ADD, values))


async def remove(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> bool:
    """Takes a person out; False if they took no part."""
    gone = delete(Member).where(_is(conversation_id, user_id)).returning(Member.user_id)
    return await session.scalar(gone.execution_options(synchronize_session=False)) is not None


async def is_member(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(_is(conversation_id, user_id)))))


async def find(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> Member | None:
    wanted = select(Member).where(_is(conversation_id, user_id)).execution_options(populate_existing=True)
    found: Member | None = await session.scalar(wanted)
    return found


async def list_members(
    session: AsyncSession, conversation_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Member]:
    """In the order in which they came."""
    wanted = select(Member).where(Member.conversation_id == conversation_id)
    if after is not None:
        wanted = wanted.where(tuple_(Member.joined_at, Member.user_id) > tuple_(*after))
    return (await session.scalars(wanted.order_by(Member.joined_at, Member.user_id).limit(limit))).all()


async def conversations_of(session: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    """The conversations that a person takes part in, in the order in which streams are locked."""
    wanted = select(Member.conversation_id).where(Member.user_id == user_id).order_by(Member.conversation_id)
    return (await session.scalars(wanted)).all()


async def ids_of(session: AsyncSession, conversation_id: UUID) -> set[UUID]:
    """Everyone who takes part."""
    return set(await session.scalars(select(Member.user_id).where(Member.conversation_id == conversation_id)))


async def set_role(session: AsyncSession, conversation_id: UUID, user_id: UUID, role: str) -> None:
    await session.execute(update(Member).where(_is(conversation_id, user_id)).values(role=role))


async def other_admin(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> UUID | None:
    """An admin of the conversation beside that person."""
    others = Member.conversation_id == conversation_id, Member.user_id != user_id
    return await session.scalar(select(Member.user_id).where(*others, Member.role == "admin").limit(1))


async def longest_member(session: AsyncSession, conversation_id: UUID) -> UUID | None:
    """The person who has taken part for the longest time."""
    wanted = select(Member.user_id).where(Member.conversation_id == conversation_id, Member.role != "assistant")
    return await session.scalar(wanted.order_by(Member.joined_at, Member.user_id).limit(1))


async def mute(session: AsyncSession, conversation_id: UUID, user_id: UUID, until: datetime | None) -> bool:
    """False if nothing changed."""
    changed = (
        update(Member)
        .where(_is(conversation_id, user_id), Member.muted_until.is_distinct_from(until))
        .values(muted_until=until)
        .returning(Member.user_id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(changed) is not None


async def read_to(session: AsyncSession, conversation_id: UUID, user_id: UUID, seq: int) -> bool:
    """Moves the read position forward; False if it was there already."""
    values = {"conversation_id": conversation_id, "user_id": user_id, "seq": seq}
    return await session.scalar(_READ, values) is not None


async def position(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> tuple[int, int, int] | None:
    """Read position, unread messages, and unread mentions; None where the person takes no part."""
    row = (await session.execute(_POSITION, {"conversation_id": conversation_id, "user_id": user_id})).one_or_none()
    return None if row is None else (row.read_seq, row.unread, row.mentions)


def _is(conversation_id: UUID, user_id: UUID) -> ColumnElement[bool]:
    return (Member.conversation_id == conversation_id) & (Member.user_id == user_id)
