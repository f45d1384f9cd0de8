"""The parts of an Office Open XML document (ECMA-376 part 2): a ZIP whose size is known before anything is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, BinaryIO

from services.ai.extraction.values import MIB, ExtractionFailed, Limits

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class Package:
    """The parts by name, read from `file`.

    Raises:
        ExtractionFailed: `broken`, `encrypted`, or `too_large`: it would unpack to more than the limits allow. What an
            entry says of its size binds it: no more is unpacked.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, RuntimeError, ValueError, OSError):
            raise ExtractionFailed("broken", "its ZIP has no readable directory") from None
        self._entries: Mapping[str, zipfile.ZipInfo] = {entry.filename: entry for entry in self._zip.infolist()}
        self._check(limits)

    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def open(self, name: str) -> IO[bytes] | None:
        """The part's content, unpacked as it is read; None where there is no such part.

        Raises:
            ExtractionFailed: `broken`. Reading raises what `BROKEN` lists where the content is.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        try:
            return self._zip.open(entry)
        except (zipfile.BadZipFile, RuntimeError, ValueError, OSError):
            raise ExtractionFailed("broken", "a part of its ZIP cannot be opened") from None

    def _check(self, limits: Limits) -> None:
        entries = self._zip.infolist()
        if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
            raise ExtractionFailed("too_large", f"unpacks to more than {limits.inflated_bytes} bytes")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED:
                raise ExtractionFailed("encrypted", "a part of its ZIP has a password")
            if entry.compress_type not in _METHODS:
                raise ExtractionFailed("broken", "its ZIP is packed by a method that documents do not use")
            if entry.file_size > MIB and entry.file_size > entry.compress_size * limits.inflation_ratio:
                raise ExtractionFailed(
                    "too_large", f"a part unpacks to {limits.inflation_ratio} times its size or more"
                )
