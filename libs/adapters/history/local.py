"""The local form of the history port: one file of SQLite, which the processes of one machine share."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from libs.adapters.history.port import ArchivedMessage, HistoryTableMissing, HistoryUnavailable, check_bodies
from libs.adapters.history.settings import LocalHistorySettings

_BUSY_SECONDS = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS message (
    tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, message_id TEXT NOT NULL,
    version INTEGER NOT NULL, thread_root_id TEXT, body BLOB NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_message ON message (tenant_id, message_id);
CREATE INDEX IF NOT EXISTS by_thread ON message (tenant_id, thread_root_id, seq) WHERE thread_root_id IS NOT NULL;
"""
_PUT = """
INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body WHERE excluded.version >= version
"""
_COLUMNS = "SELECT tenant_id, conversation_id, seq, message_id, version, thread_root_id, body FROM message"
_PAGE = f"{_COLUMNS} WHERE tenant_id = ? AND conversation_id = ? AND (? IS NULL OR thread_root_id = ?) AND"  # constants
_OLDER = f"{_PAGE} seq < ? ORDER BY seq DESC LIMIT ?"
_NEWER = f"{_PAGE} seq > ? ORDER BY seq LIMIT ?"
_Value = str | int | None


class LocalHistory:
    """Messages in a file."""

    def __init__(self, settings: LocalHistorySettings) -> None:
        self._path = settings.path

    async def ensure(self) -> None:
        await asyncio.to_thread(self._ensure)

    async def put(self, messages: Sequence[ArchivedMessage]) -> None:
        check_bodies(messages)
        await asyncio.to_thread(self._put, messages)

    async def older(
        self, tenant_id: UUID, conversation_id: UUID, *, before: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        thread = None if thread_root_id is None else str(thread_root_id)
        values = (str(tenant_id), str(conversation_id), thread, thread, before, limit)
        return (await asyncio.to_thread(self._read, _OLDER, values))[::-1]

    async def newer(
        self, tenant_id: UUID, conversation_id: UUID, *, after: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        thread = None if thread_root_id is None else str(thread_root_id)
        values = (str(tenant_id), str(conversation_id), thread, thread, after, limit)
        return await asyncio.to_thread(self._read, _NEWER, values)

    async def find(self, tenant_id: UUID, message_id: UUID) -> ArchivedMessage | None:
        wanted = f"{_COLUMNS} WHERE tenant_id = ? AND message_id = ?"
        found = await asyncio.to_thread(self._read, wanted, (str(tenant_id), str(message_id)))
        return found[0] if found else None

    async def delete_conversation(self, tenant_id: UUID, conversation_id: UUID) -> None:
        await asyncio.to_thread(self._delete, (str(tenant_id), str(conversation_id)))

    async def ping(self) -> None:
        await asyncio.to_thread(self._read, f"{_COLUMNS} LIMIT 1", ())

    def _ensure(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLE)

    def _put(self, messages: Sequence[ArchivedMessage]) -> None:
        with self._connected() as connection:
            connection.executemany(_PUT, [_row(message) for message in messages])

    def _read(self, statement: str, values: Sequence[_Value]) -> list[ArchivedMessage]:
        with self._connected() as connection:
            return [_message(row) for row in connection.execute(statement, values)]

    def _delete(self, values: Sequence[_Value]) -> None:
        with self._connected() as connection:
            connection.execute("DELETE FROM message WHERE tenant_id = ? AND conversation_id = ?", values)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A transaction on a connection of its own: threads of the pool share nothing."""
        try:
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
            try:
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            raise (HistoryTableMissing if "no such table" in str(error) else HistoryUnavailable)() from error


def _row(message: ArchivedMessage) -> tuple[str | int | bytes | None, ...]:
    return (
        str(message.tenant_id),
        str(message.conversation_id),
        message.seq,
        str(message.message_id),
        message.version,
        None if message.thread_root_id is None else str(message.thread_root_id),
        message.body,
    )


def _message(row: tuple[str, str, int, str, int, str | None, bytes]) -> ArchivedMessage:
    tenant_id, conversation_id, seq, message_id, version, thread_root_id, body = row
    return ArchivedMessage(
        tenant_id=UUID(tenant_id),
        conversation_id=UUID(conversation_id),
        seq=seq,
        message_id=UUID(message_id),
        version=version,
        thread_root_id=None if thread_root_id is None else UUID(thread_root_id),
        body=body,
    )
