"""What the archive asks across tenants: what is to be put there, what a month holds, and the end of a month here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.history import ArchivedMessage
from services.messaging.history.models import ArchiveEntry, MessageBroughtBack
from services.messaging.messages.models import Message

# A message and what hangs on it, read by one statement, so that it is of one moment; `jsonb` has one way to write it.
_SNAPSHOT = """
    SELECT m.tenant_id, m.conversation_id, m.seq, m.id AS message_id, m.version, m.thread_root_id, jsonb_build_object(
        'message', to_jsonb(m),
        'reactions', (
            SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.emoji COLLATE "C", r.user_id), '[]') FROM reaction r
            WHERE r.tenant_id = m.tenant_id AND r.message_id = m.id
        ),
        'revisions', (
            SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.revision), '[]') FROM message_revision v
            WHERE v.tenant_id = m.tenant_id AND v.message_id = m.id
        )
    )::text AS body
    FROM {which}
"""
_SOME = _SNAPSHOT.format(
    which="""unnest(CAST(:tenants AS uuid[]), CAST(:messages AS uuid[])) AS one (tenant_id, message_id)
    JOIN message m ON m.tenant_id = one.tenant_id AND m.id = one.message_id"""
)
_MONTH_PAGE = _SNAPSHOT.format(
    which="""message m
    WHERE m.id >= first_id(:first) AND m.id < first_id(:end)
      AND (m.tenant_id, m.conversation_id, m.seq)
          > (CAST(:tenant_id AS uuid), CAST(:conversation_id AS uuid), CAST(:seq AS bigint))
    ORDER BY m.tenant_id, m.conversation_id, m.seq
    LIMIT :limit"""
)
_MONTHS = """
    SELECT to_date(substring(c.relname FROM 9), 'YYYY_MM') AS month
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'message'::regclass AND c.relname ~ '^message_[0-9]{4}_[0-9]{2}$'
    ORDER BY month
"""
_DIGEST = """
    SELECT count(*) AS counted, coalesce(sum(version), 0) AS versions FROM message
    WHERE id >= first_id(:first) AND id < first_id(:end)
"""
_NOTE_ARCHIVED = """
    INSERT INTO archived_conversation (tenant_id, conversation_id, up_to_seq)
    SELECT tenant_id, conversation_id, max(seq) FROM message
    WHERE id >= first_id(:first) AND id < first_id(:end) GROUP BY tenant_id, conversation_id
    ON CONFLICT (tenant_id, conversation_id)
    DO UPDATE SET up_to_seq = greatest(archived_conversation.up_to_seq, excluded.up_to_seq)
"""
_KEEP_LAST = """
    INSERT INTO message_brought_back (tenant_id, message_id, since)
    SELECT m.tenant_id, m.id, clock_timestamp() FROM message m
    JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id AND c.message_count = m.number
    WHERE m.id >= first_id(:first) AND m.id < first_id(:end)
    ON CONFLICT (tenant_id, message_id) DO UPDATE SET since = excluded.since
    RETURNING message_id
"""
_BROUGHT_BACK = """
    SELECT b.tenant_id, b.message_id FROM message_brought_back b
    JOIN message m ON m.tenant_id = b.tenant_id AND m.id = b.message_id
    JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
    WHERE b.since < :before AND m.number < c.message_count
    ORDER BY random() LIMIT :limit
"""
_FORGET_HANGING = """
    DELETE FROM {table} WHERE message_id >= first_id(:first) AND message_id < first_id(:end)
        AND message_id <> ALL (CAST(:kept AS uuid[]))
"""
_HANGING = ("reaction", "message_revision")
"""Mentions stay here, where what is unread is counted; whom a message names, the message itself says too."""


async def claim_entries(session: AsyncSession, *, limit: int) -> Sequence[ArchiveEntry]:
    """What is to be put into the archive, in the order in which it was noted; held until the session ends."""
    wanted = select(ArchiveEntry).order_by(ArchiveEntry.position).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(wanted)).all()


async def forget_entries(session: AsyncSession, positions: Sequence[int]) -> None:
    """Those were put there."""
    gone = delete(ArchiveEntry).where(ArchiveEntry.position.in_(positions))
    await session.execute(gone.execution_options(synchronize_session=False))


async def snapshots(session: AsyncSession, messages: Sequence[tuple[UUID, UUID]]) -> list[ArchivedMessage]:
    """Messages, by tenant and id, as they stand; those that are not here are left out."""
    await _write_times_in_utc(session)
    values = {"tenants": [one for one, _ in messages], "messages": [one for _, one in messages]}
    return [_archived(row) for row in await session.execute(text(_SOME), values)]


async def take_time(session: AsyncSession) -> None:
    """Lifts the limits of the login for work on a whole month: its statements are long, and so are waits between them.

    Locks are waited for no longer than all of messaging may wait behind them.
    """
    for limit in ("statement_timeout = '120s'", "idle_in_transaction_session_timeout = 0", "lock_timeout = '2s'"):
        await session.execute(text(f"SET LOCAL {limit}"))


async def months(session: AsyncSession) -> list[date]:
    """The first day of every month that has a partition, the oldest first."""
    return list(await session.scalars(text(_MONTHS)))


async def add_month(session: AsyncSession, month: date) -> bool:
    """Makes the partition of the month that this day is in; False if there is one."""
    return bool(await session.scalar(text("SELECT add_message_partition(:month)"), {"month": month}))


async def month_digest(session: AsyncSession, first: datetime, end: datetime) -> tuple[int, int]:
    """How many messages a month has, and the sum of their versions, which every change raises."""
    row = (await session.execute(text(_DIGEST), {"first": first, "end": end})).one()
    return int(row.counted), int(row.versions)


async def month_page(
    session: AsyncSession, first: datetime, end: datetime, *, after: ArchivedMessage | None, limit: int
) -> list[ArchivedMessage]:
    """Messages of a month as they stand, conversation by conversation, from the one that follows `after`."""
    await _write_times_in_utc(session)
    nothing = UUID(int=0)
    place = (nothing, nothing, 0) if after is None else (after.tenant_id, after.conversation_id, after.seq)
    values = {"first": first, "end": end, "limit": limit}
    names = ("tenant_id", "conversation_id", "seq")
    found = await session.execute(text(_MONTH_PAGE), values | dict(zip(names, place, strict=True)))
    return [_archived(row) for row in found]


async def note_archived(session: AsyncSession, first: datetime, end: datetime) -> None:
    """Notes of each conversation with messages in the month how far it is in the archive."""
    await session.execute(text(_NOTE_ARCHIVED), {"first": first, "end": end})


async def keep_last(session: AsyncSession, first: datetime, end: datetime) -> list[UUID]:
    """The last messages of conversations that end in the month. They stay, to be shown and read up to, until others
    follow, and are noted as messages that came back are.
    """
    return list(await session.scalars(text(_KEEP_LAST), {"first": first, "end": end}))


async def drop_month(
    session: AsyncSession, first: datetime, end: datetime, *, digest: tuple[int, int], kept: Sequence[UUID]
) -> bool:
    """Drops the month's partition, but for the messages in `kept`, and what hung on its messages.

    False, and nothing is dropped, if the month is not what `month_digest` said any more.
    """
    values = {"month": first.date(), "counted": digest[0], "versions": digest[1], "kept": list(kept)}
    drop = text("SELECT drop_message_partition(:month, :counted, CAST(:versions AS numeric), CAST(:kept AS uuid[]))")
    if not await session.scalar(drop, values):
        return False
    for table in _HANGING:
        hanging = text(_FORGET_HANGING.format(table=table))
        await session.execute(hanging, {"first": first, "end": end, "kept": list(kept)})
    return True


async def brought_back(session: AsyncSession, *, before: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Messages, by tenant and id, that came back before then and that others follow.

    They come in no order, so that none holds up the others.
    """
    found = await session.execute(text(_BROUGHT_BACK), {"before": before, "limit": limit})
    return [(row.tenant_id, row.message_id) for row in found]


async def take_away(session: AsyncSession, message: ArchivedMessage) -> bool:
    """Removes a message that is in the archive as it stands here; False if it has changed since."""
    own = {"tenant_id": message.tenant_id, "message_id": message.message_id}
    gone = delete(Message).where(
        Message.tenant_id == message.tenant_id, Message.id == message.message_id, Message.version == message.version
    )
    if not (await session.scalars(gone.returning(Message.id))).all():
        return False
    for table in (*_HANGING, MessageBroughtBack.__tablename__):
        hanging = f"DELETE FROM {table} WHERE tenant_id = :tenant_id AND message_id = :message_id"  # noqa: S608  # constants
        await session.execute(text(hanging), own)
    return True


def _archived(row: Row[Any]) -> ArchivedMessage:
    return ArchivedMessage(
        tenant_id=row.tenant_id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        message_id=row.message_id,
        version=row.version,
        thread_root_id=row.thread_root_id,
        body=row.body.encode(),
    )


async def _write_times_in_utc(session: AsyncSession) -> None:
    """The same moment must read the same in every session that compares it."""
    await session.execute(text("SET LOCAL TimeZone = 'UTC'"))
