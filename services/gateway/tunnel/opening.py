"""The request that opens a tunnel: whether it may, and its head as messaging gets it."""

from dataclasses import dataclass
from uuid import UUID

from libs.common.ids import new_id
from libs.common.problems import BadRequest, Forbidden, NotFound
from services.gateway.cors import Cors
from services.gateway.forwarding.headers import HOP_BY_HOP, OURS, Headers, header
from services.gateway.request import EdgeRequest, read_request
from services.gateway.routes import check_path

PATH = b"/v1/realtime"
_UPGRADE = b"connection: Upgrade\r\nupgrade: websocket\r\n"
_NOT_FORWARDED = HOP_BY_HOP | OURS | {b"authorization", b"cookie", b"sec-websocket-extensions"}
"""The socket proves itself in a frame or by a ticket, and is never compressed: what would say otherwise stays here."""


class SocketOriginNotAllowed(Forbidden):
    code = "origin_not_allowed"
    default_detail = "Web pages of this origin may not open a socket. Add it to `STACKPRO_CORS_ORIGINS`."


@dataclass(frozen=True, slots=True)
class Opening:
    """A request to open a WebSocket, as far as it was understood."""

    method: str
    target: bytes
    headers: Headers
    request: EdgeRequest
    id: UUID

    def check(self, cors: Cors) -> None:
        """Refuses what may not open a socket; the cheapest first.

        Raises:
            NotFound, BadRequest, SocketOriginNotAllowed
        """
        path = self.target.partition(b"?")[0]
        check_path(path)
        if path != PATH:
            raise NotFound
        if self.method != "GET":
            raise BadRequest("A WebSocket is opened by GET.")
        origin = self.request.origin
        if origin is not None and not cors.allows(origin):
            raise SocketOriginNotAllowed
        if origin is None and header(self.headers, b"cookie") is not None:
            raise SocketOriginNotAllowed("A browser names its origin. Programs need no cookies here.")

    def head(self, host_line: bytes) -> bytes:
        """The request as messaging gets it."""
        kept = [b"%b: %b\r\n" % pair for pair in self.headers if pair[0] not in _NOT_FORWARDED]
        lines = [b"GET ", self.target, b" HTTP/1.1\r\n", host_line, _UPGRADE, *self.request.forwarded_lines(self.id)]
        return b"".join([*lines, *kept, b"\r\n"])


def read_opening(head: bytes, *, peer: str, tls: bool, trusted_proxies: int) -> Opening:
    """Reads the head that uvicorn hands over; the names of its headers are lower case.

    Raises:
        BadRequest, MethodNotAllowed
    """
    line, *lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method, target, _ = line.split(b" ", 2)
    headers: Headers = [(name, value) for name, _, value in (entry.partition(b": ") for entry in lines)]
    scope = {
        "method": method.decode("latin-1"),
        "headers": headers,
        "http_version": "1.1",
        "client": (peer, 0),
        "scheme": "https" if tls else "http",
    }
    request = read_request(scope, trusted_proxies=trusted_proxies)
    return Opening(scope["method"], target, headers, request, new_id())  # type: ignore[arg-type]  # as put in above
