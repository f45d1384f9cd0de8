"""All SQL by which one tenant's messages come back from the archive."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.history import ArchivedMessage
from services.messaging.history.models import ArchivedConversation
from services.messaging.messages.repository import ARCHIVED_COLUMNS

_READ = f"""
    SELECT {ARCHIVED_COLUMNS} FROM unnest(CAST(:bodies AS text[])) AS given (body),
    LATERAL (SELECT CAST(given.body AS jsonb) AS body) AS one,
    LATERAL jsonb_populate_record(NULL::message, one.body -> 'message') AS m
"""  # noqa: S608  # constants
_BRING_BACK = """
    WITH archived AS (SELECT CAST(:body AS jsonb) AS body),
    back AS (
        INSERT INTO message
        SELECT (jsonb_populate_record(NULL::message, body -> 'message')).* FROM archived
        ON CONFLICT DO NOTHING RETURNING tenant_id, id
    ),
    reactions AS (
        INSERT INTO reaction
        SELECT r.* FROM back, archived, jsonb_populate_recordset(NULL::reaction, body -> 'reactions') r
        ON CONFLICT DO NOTHING
    ),
    revisions AS (
        INSERT INTO message_revision
        SELECT v.* FROM back, archived, jsonb_populate_recordset(NULL::message_revision, body -> 'revisions') v
        ON CONFLICT DO NOTHING
    )
    INSERT INTO message_brought_back (tenant_id, message_id, since) SELECT tenant_id, id, clock_timestamp() FROM back
    ON CONFLICT (tenant_id, message_id) DO UPDATE SET since = excluded.since
"""


async def archived_up_to(session: AsyncSession, conversation_id: UUID) -> int:
    """The `seq` up to which messages of the conversation may be in the archive alone; 0 where all are here."""
    wanted = select(ArchivedConversation.up_to_seq).where(ArchivedConversation.conversation_id == conversation_id)
    return await session.scalar(wanted) or 0


async def read(session: AsyncSession, messages: Sequence[ArchivedMessage]) -> Sequence[Row[Any]]:
    """Archived messages as rows with `messages.repository.COLUMNS`, in any order."""
    if not messages:
        return ()
    return (await session.execute(text(_READ), {"bodies": [message.body.decode() for message in messages]})).all()


async def bring_back(session: AsyncSession, message: ArchivedMessage) -> None:
    """Writes an archived message here again, with what hung on it, unless it is here."""
    await session.execute(text(_BRING_BACK), {"body": message.body.decode()})
