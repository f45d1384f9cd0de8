"""Which headers pass in each direction, and the head of a forwarded request as bytes.

Hop-by-hop headers, and those that `Connection` names, end here (RFC 9110 §7.6.1). What says who asks, from where and
under which id is written by the gateway; the same from outside is dropped.
"""

from collections.abc import Iterable

Headers = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
OURS = frozenset(
    {
        b"content-length",
        b"expect",
        b"forwarded",
        b"host",
        b"traceparent",
        b"tracestate",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-original-url",
        b"x-real-ip",
        b"x-request-id",
        b"x-rewrite-url",
    }
)
_NOT_FORWARDED = HOP_BY_HOP | OURS
_NOT_RETURNED = HOP_BY_HOP | {
    b"access-control-allow-credentials",
    b"access-control-allow-origin",
    b"access-control-expose-headers",
    b"date",
    b"server",
    b"x-powered-by",
    b"x-request-id",
}


def request_head(
    method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]], *, own: Iterable[bytes], framing: bytes
) -> bytes:
    """The head to send: `own` are whole lines with their line ends, `framing` the line that frames the body, or empty.

    Header names are lower case, as ASGI gives them.
    """
    parts = [method.encode(), b" ", target, b" HTTP/1.1\r\n", *own, framing]
    named: frozenset[bytes] | None = None
    for name, value in headers:
        if name not in _NOT_FORWARDED:
            parts += (name, b": ", value, b"\r\n")
        elif name == b"connection" and value.lower() not in {b"keep-alive", b"close"}:
            named = (named or frozenset()) | _named_by(value)
    if named:
        kept = [header for header in headers if header[0] not in named and header[0] not in _NOT_FORWARDED]
        lines = (part for name, value in kept for part in (name, b": ", value, b"\r\n"))
        parts = [method.encode(), b" ", target, b" HTTP/1.1\r\n", *own, framing, *lines]
    parts.append(b"\r\n")
    return b"".join(parts)


def returned_headers(headers: Headers, *, bodiless: bool) -> Headers:
    """The answer's headers without those that end at the gateway.

    A 204 or 304 is returned without a length: it has no body whose length could be meant.
    """
    named: frozenset[bytes] = frozenset()
    for name, value in headers:
        if name == b"connection" and value.lower() not in {b"keep-alive", b"close"}:
            named |= _named_by(value)
    if bodiless:
        named |= {b"content-length"}
    if named:
        return [header for header in headers if header[0] not in _NOT_RETURNED and header[0] not in named]
    return [header for header in headers if header[0] not in _NOT_RETURNED]


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The first value of the lower-case `name`."""
    for key, value in headers:
        if key == name:
            return value
    return None


def _named_by(connection: bytes) -> frozenset[bytes]:
    return frozenset(token.strip().lower() for token in connection.split(b","))
