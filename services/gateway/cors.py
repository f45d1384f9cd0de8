"""Cross-origin requests (Fetch standard, §3.2): an exact list of origins, never a pattern, never `*`."""

from collections.abc import Iterable

from libs.common.problems import Forbidden
from services.gateway.forwarding.headers import Headers, header

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = (
    b"authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, x-csrf-protection"
)
_EXPOSED = b"etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id"
_MAX_AGE = b"600"
_VARY = (b"vary", b"Origin")


class OriginNotAllowed(Forbidden):
    code = "origin_not_allowed"
    default_detail = "Web pages of this origin may not call the API. Add it to `STACKPRO_CORS_ORIGINS`."


class Cors:
    """Knows the allowed origins, such as `https://app.example.com`."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._allowed = {
            origin.encode(): (
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", _EXPOSED),
                _VARY,
            )
            for origin in origins
        }

    def answer_headers(self, origin: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
        """What an answer to `origin` says; nothing where the caller is no web page and none may be one."""
        if not self._allowed:
            return ()
        if origin is None:
            return (_VARY,)
        return self._allowed.get(origin, (_VARY,))

    def open_headers(self, origin: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
        """What an answer says where pages of any origin may call, without cookies: the service checks the origin."""
        if origin is None:
            return (_VARY,)
        return ((b"access-control-allow-origin", origin), (b"access-control-expose-headers", _EXPOSED), _VARY)

    def allows(self, origin: bytes) -> bool:
        """Whether pages of this origin may call at all."""
        return origin in self._allowed

    def preflight(
        self, method: str, origin: bytes | None, headers: Headers, *, any_origin: bool = False
    ) -> Headers | None:
        """The headers of the answer to a preflight request, or None where this is no preflight.

        Raises:
            OriginNotAllowed
        """
        if method != "OPTIONS" or origin is None or header(headers, b"access-control-request-method") is None:
            return None
        if origin not in self._allowed and not any_origin:
            raise OriginNotAllowed
        return [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _MAX_AGE),
        ]
