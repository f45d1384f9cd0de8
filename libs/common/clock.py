"""Business time. Trials, invoices, retention and schedules ask a `Clock`; leases and tokens use real time."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells business time as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """Business time is real time: the only clock of production."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """Real time plus an offset kept in a file, so that every process of the sandbox moves together.

    The file holds `{"offset_seconds": 1209600}`; without a file the offset is zero.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._current_offset()

    def _current_offset(self) -> timedelta:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return timedelta()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._offset = timedelta(seconds=json.loads(self._path.read_text())["offset_seconds"])
            self._stamp = stamp
        return self._offset


class FixedClock:
    """Stands still until it is advanced. For tests."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, delta: timedelta) -> None:
        self._now += delta


def open_clock(path: Path | None) -> Clock:
    """The clock that a `clock_file` setting asks for: none in production, a file in the sandbox."""
    return SystemClock() if path is None else FileClock(path)
