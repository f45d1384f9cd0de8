"""The emulator's memory on disk: one line for each changing call, written and synced before the call takes effect."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud.calls import Call
from sandbox.errors import SandboxError


class JournalDamaged(SandboxError):
    """A line in the middle cannot be read; only the last one may be torn, by a crash while it was written."""

    code = "cloud_journal_damaged"


@dataclass(frozen=True, slots=True)
class Entry:
    """A changing call with the seed of its random numbers; `at` is in seconds since the epoch."""

    number: int
    at: float
    seed: int
    call: Call


class Journal:
    """Append-only. Opening it drops a torn last line, so that the next line starts on its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._drop_torn_line()

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first. Raises JournalDamaged."""
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield _read_line(line)
                except (ValueError, KeyError) as error:
                    raise JournalDamaged(
                        f"line {number} of {self._path} cannot be read: restore the file or remove its folder "
                        "to begin with an empty emulated cloud"
                    ) from error

    def append(self, entry: Entry) -> None:
        """Durable when it returns. Raises OSError (disk full) with nothing half written left behind."""
        line = _write_line(entry)
        end = os.fstat(self._descriptor).st_size
        try:
            written = os.write(self._descriptor, line)
            if written != len(line):
                raise OSError(28, "No space left on device")
            os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, end)
            raise

    def close(self) -> None:
        os.close(self._descriptor)

    def _drop_torn_line(self) -> None:
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(self._descriptor, whole)


def _write_line(entry: Entry) -> bytes:
    body = base64.b64encode(entry.call.body).decode()
    values = {"n": entry.number, "at": entry.at, "seed": entry.seed, "environ": dict(entry.call.environ), "body": body}
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _read_line(line: bytes) -> Entry:
    values = json.loads(line)
    call = Call(environ=values["environ"], body=base64.b64decode(values["body"]))
    return Entry(number=values["n"], at=values["at"], seed=values["seed"], call=call)
