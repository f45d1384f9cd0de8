"""The engine's test world, kept in a file: what a worker did to it outlives the worker, as on AWS."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from services.provisioner.engine.step import StepFailed
from tests.services.provisioner.engine.world import Thing, Throttled, World

SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, kind, name, token UNIQUE, removed DEFAULT 0);
CREATE TABLE IF NOT EXISTS trouble (effect, moment, times INTEGER, permanent);
CREATE TABLE IF NOT EXISTS waiting (step PRIMARY KEY, times INTEGER);
CREATE TABLE IF NOT EXISTS call (effect);
"""


class StoredWorld(World):
    """A world in `path`, shared by any number of processes. Making is idempotent by client token, as on AWS."""

    def __init__(self, path: Path) -> None:
        super().__init__(waits=_StoredWaits(path))
        self._path = path
        with self._open() as connection:
            connection.executescript(SCHEMA)

    def _open(self) -> "closing[sqlite3.Connection]":
        # Nothing here must survive the machine, only the process.
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        return closing(connection)

    def fail(self, effect: str, moment: str, *, times: int = 1, permanent: bool = False) -> None:
        """The next `times` calls of `effect` (`make make_network`, `remove make_network`) fail `before` or `after`
        it: with an error that may be retried, or a `permanent` one."""
        with self._open() as connection:
            connection.execute("INSERT INTO trouble VALUES (?, ?, ?, ?)", (effect, moment, times, permanent))

    def mend(self) -> None:
        """Nothing fails any more."""
        with self._open() as connection:
            connection.execute("DELETE FROM trouble")

    def delay(self, step: str, times: int) -> None:
        """The step asks `times` times to be looked at again later; `verify <step>` does so when verifying."""
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?)", (step, times))

    def make(self, step: str, kind: str, name: str, token: str) -> Thing:
        self._meet_trouble(f"make {step}", "before")
        with self._open() as connection:
            connection.execute("INSERT INTO call VALUES (?)", (f"make {step}",))
            connection.execute("INSERT OR IGNORE INTO thing (kind, name, token) VALUES (?, ?, ?)", (kind, name, token))
            row = connection.execute("SELECT id FROM thing WHERE token = ?", (token,)).fetchone()
        self._meet_trouble(f"make {step}", "after")
        return Thing(kind, name, f"{kind}-{row[0]}", token)

    def remove(self, step: str, name: str) -> None:
        self._meet_trouble(f"remove {step}", "before")
        with self._open() as connection:
            connection.execute("INSERT INTO call VALUES (?)", (f"remove {step}",))
            connection.execute("UPDATE thing SET removed = 1 WHERE name = ?", (name,))
        self._meet_trouble(f"remove {step}", "after")

    def named(self, name: str) -> list[Thing]:
        return [thing for thing in self.living() if thing.name == name]

    def living(self) -> list[Thing]:
        """All that is there."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT kind, name, id, token FROM thing WHERE NOT removed ORDER BY id"
            ).fetchall()
        return [Thing(kind, name, f"{kind}-{number}", token) for kind, name, number, token in rows]

    def ever_made(self) -> Counter[str]:
        """How many things of each name there ever were."""
        with self._open() as connection:
            return Counter(name for (name,) in connection.execute("SELECT name FROM thing"))

    def asked(self) -> Counter[str]:
        """How often each effect was asked for."""
        with self._open() as connection:
            return Counter(effect for (effect,) in connection.execute("SELECT effect FROM call"))

    def _meet_trouble(self, effect: str, moment: str) -> None:
        statement = (
            "UPDATE trouble SET times = times - 1 WHERE rowid = (SELECT rowid FROM trouble"
            " WHERE effect = ? AND moment = ? AND times > 0 LIMIT 1) RETURNING permanent"
        )
        with self._open() as connection:
            met = connection.execute(statement, (effect, moment)).fetchone()
        if met is not None and met[0]:
            raise StepFailed("broken", "It does not work.")
        if met is not None:
            raise Throttled(f"{effect}: rate exceeded")


class _StoredWaits(Counter[str]):
    """How often a step still waits, in the world's file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def __getitem__(self, step: str) -> int:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection:
            row = connection.execute("SELECT times FROM waiting WHERE step = ?", (step,)).fetchone()
        return 0 if row is None else int(row[0])

    def __setitem__(self, step: str, times: int) -> None:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?)", (step, times))
