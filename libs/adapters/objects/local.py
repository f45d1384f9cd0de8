"""The embedded form of the objects port: files below a directory, readable as plain files.

`<root>/<bucket>/<key>` is the content and `<root>/.meta/<bucket>/<key>.meta/<mtime in ns>.json` what is known of
it. The rename of the content commits both: its modification time, made unique by us, says which sidecar belongs
to it.
"""

import asyncio
import base64
import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from libs.adapters.objects.port import (
    CHUNK_BYTES,
    BucketMissing,
    ObjectEntry,
    ObjectInfo,
    ObjectMissing,
    ObjectReader,
    ObjectRefused,
    ObjectsUnavailable,
    SignedRequest,
    check_bucket,
    check_expiry,
    check_put,
    chunks_of,
)
from libs.adapters.objects.settings import LocalObjectsSettings
from libs.adapters.objects.signing import ANY_LENGTH, Grant, signed_url
from libs.adapters.tenant_names import check_key, check_prefix
from libs.common.failpoints import failpoint

_OPEN_ATTEMPTS = 5


class _Reader:
    def __init__(self, file: BinaryIO, info: ObjectInfo, first: int, last: int) -> None:
        self._file, self._info = file, info
        self._position, self._end = first, last + 1

    @property
    def info(self) -> ObjectInfo:
        return self._info

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._file.seek(self._position)
        while (wanted := min(CHUNK_BYTES, self._end - self._position)) > 0:
            chunk = await asyncio.to_thread(self._file.read, wanted)
            if not chunk:
                return
            self._position += len(chunk)
            yield chunk

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self])


class LocalObjects:
    """Objects in a directory; any number of processes may share it."""

    def __init__(self, settings: LocalObjectsSettings) -> None:
        self._root = settings.root
        self._public_url = settings.public_url
        self._signing_key = settings.signing_key.get_secret_value()

    async def ensure_bucket(self, bucket: str) -> None:
        for folder in (self._bucket(bucket), self._root / ".meta" / bucket, self._root / ".incoming"):
            folder.mkdir(parents=True, exist_ok=True)

    async def put(
        self,
        bucket: str,
        key: str,
        body: bytes | AsyncIterable[bytes],
        *,
        content_type: str = "application/octet-stream",
        checksum_sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> ObjectInfo:
        check_put(bucket, key, content_type, checksum_sha256)
        self._require_bucket(bucket)
        incoming = self._root / ".incoming" / secrets.token_hex(16)
        try:
            size, digest = await self._receive(incoming, body, max_bytes)
            if checksum_sha256 not in {None, digest}:
                raise ObjectRefused("The file's SHA-256 is not the announced one; send it again.")
            known = {"content_type": content_type, "sha256": digest, "metadata": dict(metadata or {})}
            failpoint("objects.put.before")
            with _storage_errors():
                stamp = await asyncio.to_thread(self._commit, incoming, bucket, key, known)
            failpoint("objects.put.after")
        finally:
            incoming.unlink(missing_ok=True)
        return _info(key, size, stamp, known)

    @asynccontextmanager
    async def get(
        self, bucket: str, key: str, *, first: int = 0, last: int | None = None
    ) -> AsyncIterator[ObjectReader]:
        file, info = await asyncio.to_thread(self._open, bucket, key)
        with file:
            yield _Reader(file, info, first, info.size - 1 if last is None else min(last, info.size - 1))

    async def head(self, bucket: str, key: str) -> ObjectInfo:
        file, info = await asyncio.to_thread(self._open, bucket, key)
        file.close()
        return info

    async def delete(self, bucket: str, key: str) -> None:
        self._require_bucket(bucket)
        await asyncio.to_thread(self._remove, bucket, key)

    async def list_objects(
        self, bucket: str, prefix: str, *, after: str | None = None, limit: int = 1000
    ) -> list[ObjectEntry]:
        check_prefix(prefix)
        self._require_bucket(bucket)
        return await asyncio.to_thread(self._list, bucket, prefix, after or "", min(limit, 1000))

    async def presign_get(
        self, bucket: str, key: str, *, expires_in: int, filename: str | None = None
    ) -> SignedRequest:
        check_bucket(bucket)
        check_key(key)
        grant = Grant("GET", bucket, key, _expires(expires_in), filename=filename or "")
        return self._sign(grant)

    async def presign_put(
        self,
        bucket: str,
        key: str,
        *,
        expires_in: int,
        content_type: str,
        content_length: int | None,
        checksum_sha256: str | None = None,
    ) -> SignedRequest:
        check_put(bucket, key, content_type, checksum_sha256)
        expires = _expires(expires_in)
        length = ANY_LENGTH if content_length is None else content_length
        grant = Grant("PUT", bucket, key, expires, content_type, length, checksum_sha256 or "")
        headers = {"Content-Type": content_type}
        if content_length is not None:
            headers["Content-Length"] = str(content_length)
        if checksum_sha256 is not None:
            headers["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(checksum_sha256)).decode()
        return self._sign(grant, headers)

    async def ping(self) -> None:
        if not os.access(self._root, os.W_OK):
            raise ObjectsUnavailable

    def _sign(self, grant: Grant, headers: Mapping[str, str] | None = None) -> SignedRequest:
        url = signed_url(self._public_url, self._signing_key, grant)
        return SignedRequest(grant.method, url, headers or {}, datetime.fromtimestamp(grant.expires, UTC))

    def _bucket(self, bucket: str) -> Path:
        return self._root / check_bucket(bucket)

    def _require_bucket(self, bucket: str) -> None:
        if not self._bucket(bucket).is_dir():
            raise BucketMissing

    def _path(self, bucket: str, key: str) -> Path:
        return self._bucket(bucket) / check_key(key)

    def _sidecars(self, bucket: str, key: str) -> Path:
        return self._root / ".meta" / bucket / f"{key}.meta"

    async def _receive(
        self, incoming: Path, body: bytes | AsyncIterable[bytes], max_bytes: int | None
    ) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with _storage_errors():
            file = await asyncio.to_thread(incoming.open, "xb")
        with file:
            async for chunk in chunks_of(body):
                size += len(chunk)
                if max_bytes is not None and size > max_bytes:
                    raise ObjectRefused(f"The file is longer than {max_bytes} bytes.")
                digest.update(chunk)
                with _storage_errors():
                    await asyncio.to_thread(file.write, chunk)
            with _storage_errors():
                await asyncio.to_thread(_flush, file)
        return size, digest.hexdigest()

    def _commit(self, incoming: Path, bucket: str, key: str, known: Mapping[str, object]) -> int:
        path, sidecars = self._path(bucket, key), self._sidecars(bucket, key)
        with self._locked(bucket):
            stamp = time.time_ns() // 1_000_000 * 1_000_000 + secrets.randbelow(1_000_000)
            os.utime(incoming, ns=(stamp, stamp))
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                sidecars.mkdir(parents=True, exist_ok=True)
                _write_durably(sidecars / f"{stamp}.json", json.dumps(known))
                incoming.replace(path)
            except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:
                text = "A file here cannot also be the folder of other files; choose another name."
                raise ObjectRefused(text) from error
            _remove_sidecars(sidecars, keep=f"{stamp}.json")
        return stamp

    def _remove(self, bucket: str, key: str) -> None:
        path, sidecars = self._path(bucket, key), self._sidecars(bucket, key)
        with self._locked(bucket):
            if path.is_file():
                path.unlink()
                _remove_sidecars(sidecars)

    @contextmanager
    def _locked(self, bucket: str) -> Iterator[None]:
        with (self._root / ".meta" / f"{bucket}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open(self, bucket: str, key: str) -> tuple[BinaryIO, ObjectInfo]:
        path = self._path(bucket, key)
        for _ in range(_OPEN_ATTEMPTS):
            try:
                file = path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
                self._require_bucket(bucket)
                raise ObjectMissing from error
            status = os.fstat(file.fileno())
            known = _read_sidecar(self._sidecars(bucket, key) / f"{status.st_mtime_ns}.json")
            if known is not None or _is_still(path, status):
                return file, _info(key, status.st_size, status.st_mtime_ns, known or {})
            file.close()
        raise ObjectsUnavailable("The file is being replaced all the time. Try again in a moment.")

    def _list(self, bucket: str, prefix: str, after: str, limit: int) -> list[ObjectEntry]:
        base = self._bucket(bucket)
        keys = (
            (Path(folder) / name).relative_to(base).as_posix()
            for folder, _, names in os.walk(base / prefix.rpartition("/")[0])
            for name in names
        )
        wanted = sorted((key for key in keys if key.startswith(prefix) and key > after), key=str.encode)[:limit]
        return [entry for key in wanted if (entry := _entry(base, key)) is not None]


@contextmanager
def _storage_errors() -> Iterator[None]:
    """A full or missing disk is ours; what goes wrong with the body's source is its own and passes through."""
    try:
        yield
    except OSError as error:
        raise ObjectsUnavailable from error


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _expires(expires_in: int) -> int:
    check_expiry(expires_in)
    return int((datetime.now(UTC) + timedelta(seconds=expires_in)).timestamp())


def _entry(base: Path, key: str) -> ObjectEntry | None:
    try:
        status = (base / key).stat()
    except FileNotFoundError:
        return None
    return ObjectEntry(key, status.st_size, _moment(status.st_mtime_ns))


def _info(key: str, size: int, stamp: int, known: Mapping[str, object]) -> ObjectInfo:
    content_type, checksum, metadata = known.get("content_type"), known.get("sha256"), known.get("metadata")
    return ObjectInfo(
        key,
        size,
        str(content_type or "application/octet-stream"),
        _moment(stamp),
        None if checksum is None else str(checksum),
        metadata if isinstance(metadata, dict) else {},
    )


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1e9, UTC)


def _is_still(path: Path, status: os.stat_result) -> bool:
    """Whether the file was put there by hand, so nothing more is known of it, and not just replaced."""
    return path.exists() and path.stat().st_mtime_ns == status.st_mtime_ns


def _read_sidecar(path: Path) -> dict[str, object] | None:
    try:
        known = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return known if isinstance(known, dict) else None


def _remove_sidecars(folder: Path, *, keep: str = "") -> None:
    for sidecar in folder.glob("*.json"):
        if sidecar.name != keep and sidecar.is_file():
            sidecar.unlink()


def _write_durably(path: Path, text: str) -> None:
    with path.open("x") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
