"""Names that carry their tenant: keys of objects, names of secrets. The first segment says whose it is."""

import re
from uuid import UUID

PLATFORM = "platform"
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f/\\]+")
_MAX_SEGMENT_BYTES = 240  # a file name of 255 with room for a suffix
_MAX_BYTES = 1024


class BadName(ValueError):
    """A key or name must be `<tenant id>/...` or `platform/...`, of plain segments without `.` and `..`."""


def tenant_key(tenant_id: UUID, *parts: str) -> str:
    """`<tenant id>/<parts joined by />`, checked. Raises `BadName`."""
    return check_key("/".join((str(tenant_id), *parts)))


def platform_key(*parts: str) -> str:
    """The name of something that belongs to the platform itself and to no tenant. Raises `BadName`."""
    return check_key("/".join((PLATFORM, *parts)))


def check_key(key: str) -> str:
    """Returns `key` if it names its owner and can be a file's path and an S3 key alike. Raises `BadName`."""
    owner, *rest = key.split("/")
    if not rest or not _is_owner(owner) or len(key.encode()) > _MAX_BYTES:
        raise BadName(f"{key[:80]!r} must start with a tenant's id and a slash and have at most 1024 bytes")
    if not all(_is_plain(segment) for segment in rest):
        raise BadName(f"{key[:80]!r} has a segment that is empty, '.', '..', too long or not plain text")
    return key


def check_prefix(prefix: str) -> str:
    """Returns `prefix` if it lies within one owner's keys (`<tenant id>/` or longer). Raises `BadName`."""
    check_key(prefix + "x" if prefix.endswith("/") else prefix)
    return prefix


def _is_owner(segment: str) -> bool:
    if segment == PLATFORM:
        return True
    try:
        return str(UUID(segment)) == segment
    except ValueError:
        return False


def _is_plain(segment: str) -> bool:
    return (
        segment not in {"", ".", ".."}
        and len(segment.encode()) <= _MAX_SEGMENT_BYTES
        and _SEGMENT.fullmatch(segment) is not None
    )
