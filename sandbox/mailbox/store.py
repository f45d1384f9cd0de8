"""The mailbox's file: every message that the platform sent, each id once."""

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

_SCHEMA = """
create table if not exists message (
    position integer primary key autoincrement,
    id text not null unique,
    recipients text not null,
    document text not null
)
"""
_NEWEST = """
select document from message
where ?1 is null or exists (select 1 from json_each(recipients) where lower(value) = lower(?1))
order by position desc limit ?2
"""


class StoredMessage(BaseModel):
    """One message as the mailbox shows it."""

    id: str
    to: list[str]
    sender: str
    from_name: str
    reply_to: str | None
    subject: str
    text: str
    html: str | None
    headers: dict[str, str]
    tags: dict[str, str]
    received_at: datetime


class MailStore:
    """SQLite behind a lock; calls take microseconds, so they are made where they are needed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = full")
        self._database.execute(_SCHEMA)

    def add(self, message: StoredMessage) -> bool:
        """Keeps the message; False if its id is known."""
        recipients = json.dumps(message.to)
        with self._lock:
            cursor = self._database.execute(
                "insert into message (id, recipients, document) values (?, ?, ?) on conflict (id) do nothing",
                (message.id, recipients, message.model_dump_json()),
            )
            return cursor.rowcount == 1

    def newest(self, *, to: str | None, limit: int) -> list[StoredMessage]:
        """The newest messages first, all or those to one address."""
        with self._lock:
            rows = self._database.execute(_NEWEST, (to, limit)).fetchall()
        return [StoredMessage.model_validate_json(document) for (document,) in rows]

    def find(self, message_id: str) -> StoredMessage | None:
        """The message of an id."""
        with self._lock:
            row = self._database.execute("select document from message where id = ?", (message_id,)).fetchone()
        return None if row is None else StoredMessage.model_validate_json(row[0])

    def close(self) -> None:
        self._database.close()


def now() -> datetime:
    """When a message arrives: real time, as on any mail server."""
    return datetime.now(UTC)
