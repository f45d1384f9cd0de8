"""One SQLite file holds everything; objects and the events about them change in one transaction or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.stripe.schema import SCHEMA
from sandbox.stripe.transaction import Origin, Transaction


class Store:
    """Opens the file at once. Transactions run one after the other, on the thread that opened it.

    `after_commit` is called whenever a transaction that announced an event was committed.
    """

    def __init__(self, database: Path, *, base_url: str, after_commit: Callable[[], None]) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(database, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self._base_url = base_url
        self._after_commit = after_commit

    @contextmanager
    def transaction(self, *, now: int, origin: Origin | None = None) -> Iterator[Transaction]:
        """Commits when the block ends, rolls back when it raises. `now` is business time in Unix seconds."""
        tx = Transaction(self._connection, now=now, base_url=self._base_url, origin=origin or Origin())
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield tx
            announced = tx.write_events()
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        if announced:
            self._after_commit()

    def close(self) -> None:
        self._connection.close()
