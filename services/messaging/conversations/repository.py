"""All SQL of conversations, but for that of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.conversations.models import Conversation, ConversationMember
from services.messaging.stream import repository as streams

_ADD = text("""
    WITH added AS (
        INSERT INTO conversation
            (tenant_id, id, kind, title, direct_key, open, created_by, created_at, message_count, last_message_at)
        VALUES (:tenant_id, :id, :kind, :title, :direct_key, :open, :created_by, :now, 0, :now)
        ON CONFLICT (tenant_id, direct_key) DO NOTHING
        RETURNING id
    )
    INSERT INTO stream (tenant_id, id, last_seq, epoch) SELECT :tenant_id, added.id, 0, :epoch FROM added RETURNING id
""")
_VIEW = """
    WITH page AS MATERIALIZED (
        SELECT c.*, m.user_id AS asker_id, m.role, m.muted_until, m.read_seq, m.read_number
        FROM conversation c
        {membership}
        WHERE {condition}
        ORDER BY c.last_message_at DESC, c.id DESC
        LIMIT :limit
    )
    SELECT page.id, page.kind, page.title, page.open, page.created_by, page.created_at, page.archived_at,
           page.message_count, page.last_message_at, page.role, page.muted_until, page.read_seq, page.read_number,
           s.epoch, s.last_seq,
           (SELECT count(*) FROM conversation_member p WHERE p.conversation_id = page.id) AS member_count,
           ARRAY(
               SELECT p.user_id FROM conversation_member p WHERE p.conversation_id = page.id
               ORDER BY p.joined_at, p.user_id LIMIT 8
           ) AS member_ids,
           (
               SELECT count(*) FROM mention n
               WHERE n.user_id = page.asker_id AND n.conversation_id = page.id AND n.seq > page.read_seq
           ) AS mentions,
           l.id AS message_id, l.seq AS message_seq, l.sender_id, l.text, l.revision, l.created_at AS written_at,
           l.deleted_at
    FROM page
    JOIN stream s ON s.id = page.id
    LEFT JOIN LATERAL (
        SELECT * FROM message x WHERE x.conversation_id = page.id AND page.asker_id IS NOT NULL
        ORDER BY x.seq DESC LIMIT 1
    ) l ON true
    ORDER BY page.last_message_at DESC, page.id DESC
"""
_MINE = "JOIN conversation_member m ON m.conversation_id = c.id AND m.user_id = :user_id"
_AFTER = """(c.archived_at IS NOT NULL) = :archived AND (
    CAST(:after_at AS timestamptz) IS NULL OR (c.last_message_at, c.id) < (:after_at, CAST(:after_id AS uuid))
)"""
_ONE = text(_VIEW.format(membership=_MINE, condition="c.id = :conversation_id"))
_LIST = text(_VIEW.format(membership=_MINE, condition=_AFTER))
_JOINABLE = text(_VIEW.format(membership=f"LEFT {_MINE}", condition=f"c.open AND m.user_id IS NULL AND {_AFTER}"))


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, and the person's own part in it."""

    conversation: Conversation
    member: ConversationMember


async def add(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    conversation_id: UUID,
    epoch: UUID,
    kind: str,
    title: bytes | None,
    direct_key: str | None,
    open_to_all: bool,
    created_by: UUID,
    now: datetime,
) -> bool:
    """Adds a conversation with its stream; False if there is one with that `direct_key`."""
    values = {
        "tenant_id": tenant_id,
        "id": conversation_id,
        "epoch": epoch,
        "kind": kind,
        "title": title,
        "direct_key": direct_key,
        "open": open_to_all,
        "created_by": created_by,
        "now": now,
    }
    return (await session.execute(_ADD, values)).one_or_none() is not None


async def id_of_direct(session: AsyncSession, direct_key: str) -> UUID | None:
    """The direct conversation of two people."""
    return await session.scalar(select(Conversation.id).where(Conversation.direct_key == direct_key))


async def find_place(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> Place | None:
    """The conversation with the person's part in it; None where they take no part."""
    wanted = (
        select(Conversation, ConversationMember)
        .join(ConversationMember, ConversationMember.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id, ConversationMember.user_id == user_id)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(wanted)).one_or_none()
    return None if row is None else Place(row[0], row[1])


async def hold(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
    """Locks the conversation's stream, and reads the conversation then."""
    await streams.hold(session, conversation_id)
    found: Conversation | None = await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).execution_options(populate_existing=True)
    )
    return found


async def change(session: AsyncSession, conversation_id: UUID, **values: Any) -> None:
    """Sets columns of the conversation."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


async def find_view(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> Row[Any] | None:
    """One conversation with all that a list shows of it; None where the person takes no part."""
    values = {"conversation_id": conversation_id, "user_id": user_id, "limit": 1}
    return (await session.execute(_ONE, values)).one_or_none()


async def list_views(
    session: AsyncSession,
    user_id: UUID,
    *,
    joinable: bool,
    archived: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The person's conversations, or open groups that they are not in, newest activity first."""
    query: TextClause = _JOINABLE if joinable else _LIST
    after_at, after_id = after or (None, None)
    values = {"user_id": user_id, "archived": archived, "after_at": after_at, "after_id": after_id, "limit": limit}
    return (await session.execute(query, values)).all()
