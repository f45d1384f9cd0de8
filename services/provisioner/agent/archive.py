"""Packs a stack's volumes into an archive with a manifest of checksums, and unpacks one without trusting it.

Everything is streamed: memory use does not grow with the size of the data, only with the number of files.
"""

import gzip
import hashlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from libs.common.failpoints import failpoint
from libs.contracts.hosts import BackupManifest, ManifestFile, ManifestPart
from services.provisioner.agent.errors import ArchiveCorrupt, FilesChanged
from services.provisioner.agent.parts import PartReader, PartWriter

CHUNK = 1024 * 1024
_READ_BYTES = 64 * 1024
Check = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class PackedArchive:
    """An archive that was sent, and what stands in it. `skipped` are sockets, devices and escaping links."""

    size: int
    sha256: str
    parts: tuple[ManifestPart, ...]
    files: tuple[ManifestFile, ...]
    skipped: tuple[str, ...]


class _HashingReader:
    def __init__(self, file: IO[bytes], check: Check) -> None:
        self._file = file
        self._check = check
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        self._check()
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def sha256(self) -> str:
        return self._hash.hexdigest()


def pack(volumes: Path, writer: PartWriter, *, skip: frozenset[str], check: Check) -> PackedArchive:
    """Writes everything below `volumes`, but the folders named in `skip` (`mysql/data`), to `writer` as a tar.gz.

    The same files give the same bytes, so that parts that are stored already need not be sent again. Raises
    FilesChanged when a file was altered while it was read, OSError when the disk is full, and what `writer` raises;
    `check` is called all along and may raise to stop.
    """
    files: list[ManifestFile] = []
    skipped: list[str] = []
    # Level 1: database dumps shrink well at little cost, and media hardly at any level.
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=writer, mtime=0) as zipped,
        tarfile.open(mode="w|", fileobj=zipped) as tar,
    ):
        for path, name in _walk(volumes, skip):
            check()
            failpoint("agent.backup.each_file")
            if not _packable(path, volumes):
                skipped.append(_manifest_name(name))
            elif path.is_file() and not path.is_symlink():
                files.append(_add_file(tar, path, name, check))
            else:
                tar.add(path, arcname=name, recursive=False)
    writer.finish()
    return PackedArchive(
        size=writer.size,
        sha256=writer.sha256(),
        parts=tuple(writer.parts),
        files=tuple(files),
        skipped=tuple(skipped),
    )


def unpack(reader: PartReader, target: Path, *, manifest: BackupManifest, keep_owners: bool, check: Check) -> int:
    """Extracts the archive into the fresh folder `target` and compares the whole and every file with the manifest.

    Returns the bytes of all files. Raises ArchiveCorrupt if the archive leads outside its folder, or a file is
    missing, added or different, and what `reader` raises. `keep_owners` needs root.
    """
    target.mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=reader, mode="r|gz", bufsize=_READ_BYTES) as tar:
            tar.extraction_filter = _as_checked
            for member in tar:
                check()
                failpoint("agent.restore.each_file")
                _require_harmless(member, target.resolve())
                tar.extract(_bounded(member, keep_owners=keep_owners), target, numeric_owner=True)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise ArchiveCorrupt(f"the archive cannot be unpacked: {error}") from error
    while reader.read(CHUNK):
        check()
    if reader.sha256() != manifest.archive_sha256:
        raise ArchiveCorrupt(f"the archive has the checksum {reader.sha256()}, not that of the manifest")
    return _verify(target, manifest, check)


def file_sha256(path: Path, *, check: Check) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with path.open("rb") as file:
        reader = _HashingReader(file, check)
        while reader.read(CHUNK):
            pass
    return reader.sha256()


def _walk(volumes: Path, skip: frozenset[str]) -> Iterator[tuple[Path, str]]:
    for folder, folders, names in os.walk(volumes):
        here = Path(folder)
        folders[:] = sorted(f for f in folders if (here / f).relative_to(volumes).as_posix() not in skip)
        for name in sorted([*folders, *names]):
            yield here / name, (here / name).relative_to(volumes).as_posix()


def _packable(path: Path, volumes: Path) -> bool:
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        link = path.readlink()
        return not link.is_absolute() and (path.parent / link).resolve().is_relative_to(volumes.resolve())
    return stat.S_ISREG(kind) or stat.S_ISDIR(kind)


def _add_file(tar: tarfile.TarFile, path: Path, name: str, check: Check) -> ManifestFile:
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        info = tar.gettarinfo(arcname=name, fileobj=file)
        # A second link to one file is stored as a file of its own: each path has its own checksum.
        info.type, info.linkname, info.size = tarfile.REGTYPE, "", before.st_size
        reader = _HashingReader(file, check)
        try:
            tar.addfile(info, reader)
        except OSError as error:
            if os.fstat(file.fileno()).st_size < before.st_size:
                raise FilesChanged(f"{name} was shortened while it was archived") from error
            raise
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise FilesChanged(f"{name} was written to while it was archived")
    return ManifestFile(path=_manifest_name(name), size=info.size, sha256=reader.sha256())


def _as_checked(member: tarfile.TarInfo, _path: str) -> tarfile.TarInfo:
    """Python 3.12 and later want to be told who checks the members."""
    return member


def _require_harmless(member: tarfile.TarInfo, root: Path) -> None:
    """Only folders, files and relative links that stay below `root`: the rules of PEP 706's data filter.

    They stand here because Python has that filter only from 3.11.4 on, and Debian 12 brings 3.11.2.
    """
    place = root / member.name
    leads_to = [place, place.parent / member.linkname] if member.issym() else [place]
    if not (member.isreg() or member.isdir() or member.issym()):
        raise ArchiveCorrupt(f"{member.name} is no file, folder or link")
    if not all(Path(os.path.realpath(path)).is_relative_to(root) for path in leads_to):
        raise ArchiveCorrupt(f"{member.name} leads outside its folder")


def _bounded(member: tarfile.TarInfo, *, keep_owners: bool) -> tarfile.TarInfo:
    """With no more rights than data needs: nobody else writes, nothing runs as its owner."""
    member.mode = (member.mode & 0o755) | (0o700 if member.isdir() else 0o600)
    if not keep_owners:
        member.uid, member.gid = os.geteuid(), os.getegid()
    return member


def _verify(folder: Path, manifest: BackupManifest, check: Check) -> int:
    expected = {file.path: file for file in manifest.files}
    total = 0
    for path, name in _walk(folder, frozenset()):
        if path.is_symlink() or not path.is_file():
            continue
        wanted = expected.pop(_manifest_name(name), None)
        if wanted is None:
            raise ArchiveCorrupt(f"{name} stands in the archive but not in the manifest")
        if path.stat().st_size != wanted.size or file_sha256(path, check=check) != wanted.sha256:
            raise ArchiveCorrupt(f"{name} differs from the manifest")
        total += wanted.size
    if expected:
        raise ArchiveCorrupt(f"{len(expected)} files are missing, the first is {min(expected)}")
    return total


def _manifest_name(name: str) -> str:
    """The name as text: bytes that are no UTF-8 are written as escapes, the same way on both sides."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
