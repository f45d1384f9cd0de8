"""The objects port: bytes under a key in a bucket, for services and for anyone who holds a signed URL."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from libs.adapters.errors import PortError
from libs.adapters.tenant_names import check_key

CHUNK_BYTES = 256 * 1024
MAX_EXPIRES_IN = 7 * 24 * 3600  # what SigV4 allows (AWS, "Authenticating requests: query parameters")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(;\s*[\w-]+=[\w.-]+)*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ObjectsError(PortError):
    code, title = "objects_failed", "The file store refused the operation"


class ObjectsUnavailable(ObjectsError):
    status, code, title, retryable = 503, "objects_unavailable", "The file store does not answer", True
    default_detail = "Nothing was changed. Try again in a moment."


class ObjectMissing(ObjectsError):
    status, code, title = 404, "object_missing", "There is no such file"
    default_detail = "It was deleted or never uploaded."


class BucketMissing(ObjectsError):
    code, title = "bucket_missing", "The bucket does not exist"
    default_detail = "Create it with `ensure_bucket` before using it."


class ObjectRefused(ObjectsError):
    """The name, length, type or checksum is not what it must be; nothing was stored."""

    status, code, title = 422, "object_refused", "The file was not accepted"
    default_detail = "Its name, length, type or checksum is not what was announced."


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What is known of one object. `checksum_sha256` is hexadecimal; None where S3 was never told it."""

    key: str
    size: int
    content_type: str
    modified_at: datetime
    checksum_sha256: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """One line of a listing."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that anyone may send until `expires_at`; `headers` must be sent exactly as given."""

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class ObjectReader(Protocol):
    """An object being read: iterate over it for chunks, or `read()` it whole."""

    @property
    def info(self) -> ObjectInfo: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def read(self) -> bytes: ...


class Objects(Protocol):
    """Keys start with a tenant's id or `platform` (`libs.adapters.tenant_names`); `BadName` otherwise."""

    async def ensure_bucket(self, bucket: str) -> None:
        """Creates a private bucket if there is none yet."""

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
        """Stores all of `body` or nothing, replacing what stood there.

        The returned info always has the checksum. Raises `ObjectRefused` when `checksum_sha256` (hexadecimal)
        does not match or more than `max_bytes` come, `BucketMissing`.
        """

    def get(
        self, bucket: str, key: str, *, first: int = 0, last: int | None = None
    ) -> AbstractAsyncContextManager[ObjectReader]:
        """Opens the object for reading, or its bytes `first` to `last` inclusive. Raises `ObjectMissing`."""

    async def head(self, bucket: str, key: str) -> ObjectInfo:
        """What is known of the object. Raises `ObjectMissing`."""

    async def delete(self, bucket: str, key: str) -> None:
        """Removes the object; it need not exist."""

    async def list_objects(
        self, bucket: str, prefix: str, *, after: str | None = None, limit: int = 1000
    ) -> list[ObjectEntry]:
        """Up to `limit` (at most 1000) objects whose keys start with `prefix`, by key, after the key `after`."""

    async def presign_get(
        self, bucket: str, key: str, *, expires_in: int, filename: str | None = None
    ) -> SignedRequest:
        """A URL to download the object for `expires_in` seconds (at most seven days), saved as `filename`."""

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
        """A URL to upload exactly `content_length` bytes of `content_type` (and checksum, hexadecimal).

        The length is part of the signature, so check it against the tenant's quota before signing. None leaves it
        open: for the platform's own hosts, whose backups have no length before they are made.
        """

    async def ping(self) -> None:
        """Returns if the store answers. Raises `ObjectsUnavailable`."""


def check_bucket(bucket: str) -> str:
    """Returns a name that S3 would accept. Raises `ObjectRefused`."""
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ObjectRefused(f"{bucket[:80]!r} is not a bucket's name: 3 to 63 of a-z, 0-9, '-' and '.'.")
    return bucket


def check_put(bucket: str, key: str, content_type: str, checksum_sha256: str | None) -> None:
    """Refuses what no form stores. Raises `ObjectRefused`, `BadName`."""
    check_bucket(bucket)
    check_key(key)
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise ObjectRefused(f"{content_type[:80]!r} is not a media type.")
    if checksum_sha256 is not None and not _SHA256.fullmatch(checksum_sha256):
        raise ObjectRefused("The checksum must be the SHA-256 of the file in 64 lower-case hexadecimal digits.")


def check_expiry(expires_in: int) -> None:
    """Raises `ObjectRefused` unless a URL may be valid that long."""
    if not 0 < expires_in <= MAX_EXPIRES_IN:
        raise ObjectRefused(f"A signed URL lasts between 1 second and 7 days, not {expires_in} seconds.")


async def chunks_of(body: bytes | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The body as a stream, whatever it was given as."""
    if isinstance(body, bytes):
        yield body
        return
    async for chunk in body:
        yield chunk
