"""The answer on its way out: the edge adds its headers to the head, whoever made it, and notes how it went."""

from starlette.types import Message, Send

from libs.common.middleware.security_headers import API_HEADERS
from services.gateway.shedding import Shedder

Pairs = tuple[tuple[bytes, bytes], ...]


class Answer:
    """Wraps ASGI's `send`. `status` is 499 until something is answered: the client went away."""

    __slots__ = ("_entered", "_request_id", "_send", "_shedder", "cors", "limits", "service", "status", "tenant")

    def __init__(self, send: Send, request_id: str, shedder: Shedder) -> None:
        self._send = send
        self._request_id = request_id
        self._shedder = shedder
        self._entered = False
        self.status = 499
        self.cors: Pairs = ()
        self.limits: Pairs = ()
        self.service = "gateway"
        self.tenant: str | None = None

    @property
    def started(self) -> bool:
        """True when the head was sent, so that no problem document can be sent any more."""
        return self.status != 499

    def enter(self, *, shed_last: bool) -> None:
        """Counts this request as waiting until its answer begins. Raises Overloaded."""
        self._shedder.enter(shed_last=shed_last)
        self._entered = True

    def leave(self) -> None:
        """Ends the waiting, if it has not ended yet."""
        if self._entered:
            self._entered = False
            self._shedder.leave()

    async def send(self, message: Message) -> None:
        """ASGI's `send`."""
        if message["type"] == "http.response.start":
            self.leave()
            self.status = message["status"]
            headers = list(message["headers"])
            present = {name for name, _ in headers}
            headers += [header for header in API_HEADERS if header[0] not in present]
            if b"ratelimit" not in present:
                headers += self.limits
            headers += self.cors
            headers.append((b"x-request-id", self._request_id.encode()))
            message = {"type": "http.response.start", "status": self.status, "headers": headers}
        await self._send(message)
