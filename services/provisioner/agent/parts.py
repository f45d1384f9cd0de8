"""Cuts an archive into parts on its way out and joins them on its way in: one part lies on the disk at a time."""

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from typing_extensions import Buffer

from libs.contracts.hosts import MOST_PARTS, ManifestPart
from services.provisioner.agent.errors import ArchiveTooLarge

CarryPart = Callable[[int, ManifestPart], None]


class PartWriter(io.RawIOBase):
    """Collects what is written in `spool` and calls `send` for each part that is full; numbers start at 1.

    `send` finds the part in `spool`. `finish` sends the last one; without it the archive is not complete.
    Raises ArchiveTooLarge beyond the number of parts that a backup may have.
    """

    def __init__(self, spool: Path, *, part_bytes: int, send: CarryPart) -> None:
        super().__init__()
        self._file = spool.open("wb")
        self._part_bytes = part_bytes
        self._send = send
        self._left = part_bytes
        self._part_hash = hashlib.sha256()
        self._whole_hash = hashlib.sha256()
        self._broken = False
        self.parts: list[ManifestPart] = []

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def sha256(self) -> str:
        return self._whole_hash.hexdigest()

    def write(self, data: Buffer) -> int:
        rest = memoryview(data).cast("B")
        written = rest.nbytes
        # What closes after a failure still writes its rest: nothing of it is wanted, and the first error counts.
        while rest.nbytes and not self._broken:
            piece = rest[: self._left]
            self._file.write(piece)
            self._part_hash.update(piece)
            self._whole_hash.update(piece)
            self._left -= piece.nbytes
            rest = rest[piece.nbytes :]
            if self._left == 0:
                self._cut()
        return written

    def finish(self) -> None:
        """Sends what is left; an archive has one part at least."""
        if self._left < self._part_bytes or not self.parts:
            self._cut()

    def close(self) -> None:
        self._file.close()
        super().close()

    def _cut(self) -> None:
        self._broken = True
        if len(self.parts) == MOST_PARTS:
            raise ArchiveTooLarge(f"the archive has more than {MOST_PARTS} parts of {self._part_bytes} bytes")
        self._file.flush()
        part = ManifestPart(size=self._part_bytes - self._left, sha256=self._part_hash.hexdigest())
        self._send(len(self.parts) + 1, part)
        self.parts.append(part)
        self._file.seek(0)
        self._file.truncate()
        self._left = self._part_bytes
        self._part_hash = hashlib.sha256()
        self._broken = False


class PartReader(io.RawIOBase):
    """The archive as one stream: `fetch` brings each part, checked, to `spool` when the one before it was read."""

    def __init__(self, spool: Path, parts: Sequence[ManifestPart], *, fetch: CarryPart) -> None:
        super().__init__()
        self._spool = spool
        self._waiting = list(enumerate(parts, start=1))
        self._fetch = fetch
        self._file: io.BufferedReader | None = None
        self._whole_hash = hashlib.sha256()

    def sha256(self) -> str:
        """Of all that was read."""
        return self._whole_hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer at the end of a part; none at the end of the last."""
        while True:
            data = b"" if self._file is None else self._file.read(size)
            if data or not self._waiting:
                self._whole_hash.update(data)
                return data
            self._drop()
            self._fetch(*self._waiting.pop(0))
            self._file = self._spool.open("rb")

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
