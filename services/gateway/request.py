"""What the edge needs to know of a request, read in one pass over its headers."""

import os
from dataclasses import dataclass
from uuid import UUID

from starlette.types import Scope

from libs.common.problems import BadRequest, Problem, Unauthenticated
from services.gateway.forwarding.headers import Headers

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_READ = frozenset({b"host", b"origin", b"authorization", b"x-forwarded-for", b"x-forwarded-proto"})
_BEARER = b"bearer "


class MethodNotAllowed(Problem):
    status, code, title = 405, "method_not_allowed", "This method is not supported"
    default_detail = "Compare the request with the API's documentation."

    def __init__(self) -> None:
        super().__init__(headers={"Allow": ", ".join(sorted(METHODS))})


@dataclass(slots=True, kw_only=True)
class EdgeRequest:
    """A request as it came in; `address` and `proto` are the caller's, as far as they can be trusted."""

    host: bytes
    address: str
    proto: bytes
    origin: bytes | None
    authorization: bytes | None

    def bearer_token(self) -> str:
        """The token of `Authorization: Bearer …` (RFC 6750 §2.1).

        Raises:
            Unauthenticated: there is none.
        """
        value = self.authorization
        if value is None or value[:7].lower() != _BEARER:
            raise Unauthenticated
        return value[7:].strip().decode("latin-1")

    def forwarded_lines(self, request_id: UUID) -> list[bytes]:
        """The header lines by which services learn of the caller, and the trace (W3C Trace Context §3.2)."""
        return [
            b"x-request-id: %b\r\ntraceparent: 00-%b-%b-00\r\nx-forwarded-for: %b\r\nx-forwarded-proto: %b\r\n"
            b"x-forwarded-host: %b\r\n"
            % (
                str(request_id).encode(),
                request_id.hex.encode(),
                os.urandom(8).hex().encode(),
                self.address.encode("latin-1"),
                self.proto,
                self.host,
            )
        ]


def read_request(scope: Scope, *, trusted_proxies: int) -> EdgeRequest:
    """Reads the request. With `trusted_proxies` n, the nth entry of `X-Forwarded-For` from the right is the caller.

    Raises:
        MethodNotAllowed
        BadRequest: it names no host, or two, or proves its caller twice (RFC 9112 §3.2).
    """
    if scope["method"] not in METHODS:
        raise MethodNotAllowed
    headers: Headers = scope["headers"]
    found: dict[bytes, bytes] = {}
    forwarded_for: list[bytes] = []
    for name, value in headers:
        if name not in _READ:
            continue
        if name == b"x-forwarded-for":
            forwarded_for.append(value)
        elif name in found and name != b"x-forwarded-proto":
            raise BadRequest(f"The header `{name.decode()}` may stand in a request once only.")
        else:
            found[name] = value
    if b"host" not in found and scope["http_version"] != "1.0":
        raise BadRequest("The header `Host` is missing.")
    address, proto = scope["client"][0] if scope["client"] else "unknown", scope["scheme"].encode()
    if trusted_proxies:
        address = _forwarded_address(forwarded_for, trusted_proxies) or address
        proto = found.get(b"x-forwarded-proto", proto).rpartition(b",")[2].strip()
    return EdgeRequest(
        host=found.get(b"host", b""),
        address=address,
        proto=b"https" if proto == b"https" else b"http",
        origin=found.get(b"origin"),
        authorization=found.get(b"authorization"),
    )


def _forwarded_address(values: list[bytes], hops: int) -> str | None:
    entries = [entry.strip() for value in values for entry in value.split(b",") if entry.strip()]
    return entries[-hops].decode("latin-1") if len(entries) >= hops else None
