"""Checks AWS Signature Version 4 as a service does, with no part of an SDK.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})\Z"
)
_TIME = "%Y%m%dT%H%M%SZ"
_MOST_SKEW = timedelta(minutes=5)


class BadSignature(Exception):
    """The request is not signed as it must be. `code` is AWS's name for the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def check_signature(
    *,
    method: str,
    raw_path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: Mapping[str, str],
    region: str,
    service: str,
) -> None:
    """Raises `BadSignature` unless one of `keys` (secrets by access key id) signed exactly this request, just now."""
    found = _AUTHORIZATION.match(headers.get("authorization", ""))
    if found is None:
        raise BadSignature("MissingAuthenticationTokenException", "Missing Authentication Token")
    if found["key"] not in keys:
        raise BadSignature("UnrecognizedClientException", "The security token included in the request is invalid.")
    if (found["region"], found["service"]) != (region, service):
        raise BadSignature("InvalidSignatureException", "Credential should be scoped to a valid region and service.")
    stamp = headers.get("x-amz-date", "")
    if not stamp.startswith(found["date"]) or abs(datetime.now(UTC) - _time(stamp)) > _MOST_SKEW:
        raise BadSignature("InvalidSignatureException", "Signature expired")
    names = found["headers"].split(";")
    if not {"host", "x-amz-date"} <= set(names) or names != sorted(names):
        raise BadSignature("InvalidSignatureException", "'Host' and 'X-Amz-Date' must be signed headers")
    canonical = "\n".join(
        [
            method,
            "/".join(quote(part, safe="-_.~") for part in raw_path.split("/")),
            query,
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names),
            "",
            found["headers"],
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{found['date']}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{keys[found['key']]}".encode()
    for part in (found["date"], region, service, "aws4_request", to_sign):
        key = hmac.new(key, part.encode(), "sha256").digest()
    if not hmac.compare_digest(key.hex(), found["signature"]):
        raise BadSignature("InvalidSignatureException", "The request signature we calculated does not match.")


def _time(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadSignature("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.") from error
