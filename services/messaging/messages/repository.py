"""All SQL that reads messages. A page is one statement, so that it, its reactions and the head are of one moment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.messages.models import Message, MessageRevision, SentMessage

# What is read of every message `m`: as it stands, with the reactions as `[[emoji, user id], …]`, and the attachments as
# events carry them.
_COLUMNS = """
    m.id, m.conversation_id, m.seq, m.number, m.version, m.sender_id, m.client_message_id, m.text, m.mentions,
    m.mentions_all, m.thread_root_id, m.reply_count, m.last_reply_at, m.revision, m.created_at, m.edited_at,
    m.deleted_at,
    (SELECT jsonb_agg(jsonb_build_array(r.emoji, r.user_id) ORDER BY r.emoji COLLATE "C", r.user_id)
     FROM {reactions}) AS reactions,
    (SELECT jsonb_agg(jsonb_build_object(
         'id', a.id, 'sealed_name', encode(a.sealed_name, 'base64'), 'size', a.size, 'content_type', a.content_type,
         'state', a.state, 'reason', a.reason, 'preview', CASE WHEN a.preview_width IS NOT NULL THEN
             jsonb_build_object('width', a.preview_width, 'height', a.preview_height) END
     ) ORDER BY a.place)
     FROM attachment a WHERE a.message_id = m.id AND a.state <> 'deleting') AS attachments
"""
COLUMNS = _COLUMNS.format(reactions="reaction r WHERE r.message_id = m.id")
ARCHIVED_COLUMNS = _COLUMNS.format(reactions="jsonb_populate_recordset(NULL::reaction, one.body -> 'reactions') r")
"""The same of a message that comes from the archive in the JSON `one.body`."""
_HEAD = """
    SELECT s.epoch, s.last_seq FROM stream s
    JOIN conversation_member p ON p.conversation_id = s.id AND p.user_id = :user_id
    WHERE s.id = :conversation_id
"""
_PAGE = """
    WITH head AS ({head}),
    page AS (
        (SELECT m.* FROM message m WHERE {which} AND m.seq < :split ORDER BY m.seq DESC LIMIT :older + 1)
        UNION ALL
        (SELECT m.* FROM message m WHERE {which} AND m.seq >= :split ORDER BY m.seq LIMIT :newer + 1)
    )
    SELECT head.epoch, head.last_seq, {columns} FROM head LEFT JOIN page m ON true ORDER BY m.seq
"""
_HISTORY = text(_PAGE.format(head=_HEAD, columns=COLUMNS, which="m.conversation_id = :conversation_id"))
_REPLIES = text(
    _PAGE.format(
        head=_HEAD,
        columns=COLUMNS,
        which="m.conversation_id = :conversation_id AND m.thread_root_id = :thread_root_id",
    )
)
_SOME = text(f"SELECT {COLUMNS} FROM message m WHERE m.id = ANY(CAST(:message_ids AS uuid[]))")  # noqa: S608  # constants


async def read_page(
    session: AsyncSession,
    conversation_id: UUID,
    user_id: UUID,
    *,
    split: int,
    older: int,
    newer: int,
    thread_root_id: UUID | None = None,
) -> Sequence[Row[Any]]:
    """Up to `older` + 1 messages before the position `split` and `newer` + 1 from there on, in order.

    Each row has the head too; without messages there is one row with the head alone, and for a person who takes no
    part there is no row.
    """
    values = {
        "conversation_id": conversation_id,
        "user_id": user_id,
        "split": split,
        "older": older,
        "newer": newer,
    }
    if thread_root_id is None:
        return (await session.execute(_HISTORY, values)).all()
    return (await session.execute(_REPLIES, values | {"thread_root_id": thread_root_id})).all()


async def read_messages(session: AsyncSession, message_ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Messages by their ids."""
    rows = await session.execute(_SOME, {"message_ids": list(message_ids)})
    return {row.id: row for row in rows}


async def find(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> Message | None:
    """The message as it stands, for who is to change it."""
    wanted = select(Message).where(Message.id == message_id, Message.conversation_id == conversation_id)
    found: Message | None = await session.scalar(wanted.execution_options(populate_existing=True))
    return found


async def find_sent(session: AsyncSession, sender_id: UUID, client_message_id: UUID) -> SentMessage | None:
    """What a `client_message_id` of the sender became."""
    found: SentMessage | None = await session.scalar(
        select(SentMessage).where(
            SentMessage.sender_id == sender_id, SentMessage.client_message_id == client_message_id
        )
    )
    return found


async def list_revisions(session: AsyncSession, message_id: UUID) -> Sequence[MessageRevision]:
    """What the message said before, the first first."""
    wanted = select(MessageRevision).where(MessageRevision.message_id == message_id)
    return (await session.scalars(wanted.order_by(MessageRevision.revision))).all()
