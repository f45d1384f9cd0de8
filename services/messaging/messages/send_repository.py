"""The SQL of sending: two statements, however much hangs on a message."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.conversations.models import ConversationMember
from services.messaging.stream.repository import BELL

_CLAIM = text("""
    INSERT INTO sent_message (tenant_id, sender_id, client_message_id, conversation_id, message_id)
    SELECT :tenant_id, p.user_id, :client_message_id, p.conversation_id, :message_id
    FROM conversation_member p WHERE p.conversation_id = :conversation_id AND p.user_id = :sender_id
    ON CONFLICT DO NOTHING
    RETURNING message_id
""")
# `place` waits for the stream's lock; each later update sees the newest version of its row, so that who was taken out,
# or what was archived, in the meantime is left alone, and the answer lacks it: the caller takes everything back then.
_WRITE = text(f"""
    WITH place AS (
        UPDATE stream SET last_seq = last_seq + 1 WHERE id = :conversation_id RETURNING last_seq AS seq
    ),
    counted AS (
        UPDATE conversation c SET message_count = c.message_count + 1, last_message_at = :now FROM place
        WHERE c.id = :conversation_id AND c.archived_at IS NULL
        RETURNING c.message_count AS number, c.kind, c.created_by
    ),
    reader AS (
        UPDATE conversation_member p SET read_seq = place.seq, read_number = counted.number FROM place, counted
        WHERE p.conversation_id = :conversation_id AND p.user_id = :sender_id
        RETURNING p.user_id
    ),
    root AS (
        UPDATE message m SET reply_count = m.reply_count + 1, last_reply_at = :now, version = place.seq FROM place
        WHERE m.id = CAST(:thread_root_id AS uuid) AND m.conversation_id = :conversation_id AND m.thread_root_id IS NULL
        RETURNING m.id
    ),
    written AS (
        INSERT INTO message (
            tenant_id, id, conversation_id, seq, number, version, sender_id, client_message_id, thread_root_id,
            reply_count, text, revision, mentions, mentions_all, created_at
        )
        SELECT :tenant_id, :message_id, :conversation_id, place.seq, counted.number, place.seq, :sender_id,
               :client_message_id, CAST(:thread_root_id AS uuid), 0, :sealed, 1, CAST(:mentions AS uuid[]),
               :mentions_all, :now
        FROM place, counted
    ),
    named AS (
        INSERT INTO mention (tenant_id, user_id, message_id, conversation_id, seq)
        SELECT :tenant_id, p.user_id, :message_id, p.conversation_id, place.seq FROM place, conversation_member p
        WHERE p.conversation_id = :conversation_id AND p.user_id <> :sender_id AND p.role <> 'assistant'
          AND (:mentions_all OR p.user_id = ANY(CAST(:mentions AS uuid[])))
    ),
    indexed AS (
        INSERT INTO message_search (tenant_id, message_id, conversation_id, sender_id, seq, tokens)
        SELECT :tenant_id, :message_id, :conversation_id, :sender_id, place.seq, CAST(:tokens AS bigint[]) FROM place
        WHERE cardinality(CAST(:tokens AS bigint[])) > 0
    ),
    told AS (
        INSERT INTO stream_event (tenant_id, stream_id, seq, kind, actor_id, message_id, data, sealed, created_at)
        SELECT :tenant_id, :conversation_id, place.seq, 'message.created', :sender_id, :message_id,
               CAST(:data AS jsonb) || jsonb_build_object('number', counted.number), :sealed, clock_timestamp()
        FROM place, counted
    ),
    relayed AS (
        INSERT INTO relay_entry (tenant_id, stream_id, seq) SELECT :tenant_id, :conversation_id, place.seq FROM place
    )
    SELECT place.seq, counted.number, counted.kind, counted.created_by AS opener_id, reader.user_id AS reader_id,
           root.id AS root_id, pg_notify('{BELL}', ''),
           EXISTS (
               SELECT FROM conversation_member p WHERE p.conversation_id = :conversation_id AND p.role = 'assistant'
           ) AS assisted
    FROM place LEFT JOIN counted ON true LEFT JOIN reader ON true LEFT JOIN root ON true
""")  # noqa: S608  # the bell's name is a constant


async def claim(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    sender_id: UUID,
    client_message_id: UUID,
    conversation_id: UUID,
    message_id: UUID,
) -> bool:
    """Notes for good that the sender's `client_message_id` is this message.

    False if it is another one already, which a transaction at the same moment is waited for, or if the sender takes no
    part in the conversation.
    """
    values = {
        "tenant_id": tenant_id,
        "sender_id": sender_id,
        "client_message_id": client_message_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
    }
    return await session.scalar(_CLAIM, values) is not None


async def write(session: AsyncSession, values: Mapping[str, Any]) -> Row[Any] | None:
    """Writes a message and all that hangs on it.

    The row has `seq` and `number`, the conversation's `kind` and `opener_id`, whether it is `assisted`, `reader_id`
    (null: the sender takes no part) and `root_id` (null: there is no such thread); `number` is null where the
    conversation is archived. No row: there is no such conversation.
    """
    return (await session.execute(_WRITE, values)).one_or_none()


async def members_among(session: AsyncSession, conversation_id: UUID, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of `user_ids` who take part in the conversation."""
    wanted = select(ConversationMember.user_id).where(
        ConversationMember.conversation_id == conversation_id, ConversationMember.user_id.in_(user_ids)
    )
    return set(await session.scalars(wanted))
