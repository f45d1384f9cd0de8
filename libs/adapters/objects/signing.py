"""Signed URLs of the local object store: an HMAC over everything that the request may do."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

ANY_LENGTH = -1
_VERSION = "stackpro-object-url-v1"
_FIELDS = ("method", "expires", "type", "length", "sha256", "filename")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one signed URL allows: one method on one key until `expires` (Unix seconds).

    An upload is bound to its `type`, to its `length` unless that is open, and to `sha256` if given; a download may be
    saved as `filename`.
    """

    method: str
    bucket: str
    key: str
    expires: int
    type: str = ""
    length: int = ANY_LENGTH
    sha256: str = ""
    filename: str = ""


class BadSignature(Exception):
    """The URL was not signed by us, or says something else than when it was signed."""


class Expired(Exception):
    """The URL was good once."""


def signed_url(public_url: str, signing_key: str, grant: Grant) -> str:
    """The URL that carries `grant`."""
    query = {name: str(getattr(grant, name)) for name in _FIELDS} | {"signature": _signature(signing_key, grant)}
    return f"{public_url.rstrip('/')}/{grant.bucket}/{quote(grant.key)}?{urlencode(query)}"


def verified_grant(signing_key: str, bucket: str, key: str, query: Mapping[str, str]) -> Grant:
    """The grant of a URL that came back. Raises `BadSignature`, `Expired`; time is real, not business time."""
    try:
        grant = Grant(
            bucket=bucket,
            key=key,
            method=query["method"],
            expires=int(query["expires"]),
            type=query["type"],
            length=int(query["length"]),
            sha256=query["sha256"],
            filename=query["filename"],
        )
        signature = query["signature"].encode()
    except (KeyError, ValueError) as error:
        raise BadSignature from error
    if not hmac.compare_digest(signature, _signature(signing_key, grant).encode()):
        raise BadSignature
    if grant.expires <= time.time():
        raise Expired
    return grant


def _signature(signing_key: str, grant: Grant) -> str:
    parts = (_VERSION, grant.bucket, grant.key, *(str(getattr(grant, name)) for name in _FIELDS))
    # Each part is preceded by its length, so that no two grants have the same text.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(signing_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def attachment(filename: str) -> str:
    """A Content-Disposition that saves the body as `filename`, in any letters (RFC 6266 §4.3, RFC 8187)."""
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
