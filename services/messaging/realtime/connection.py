"""One open socket: who it belongs to, what it follows, and when something is due. It has no task of its own."""

import time
from uuid import UUID

import structlog
from starlette.types import Send

from libs.common.ids import new_id
from libs.common.security.tokens import AccessToken
from services.messaging.realtime.broadcast import text_frame
from services.messaging.realtime.channel import Follower, Subscription
from services.messaging.realtime.closing import (
    SLOW_READER,
    TOKEN_EXPIRED,
    TOO_SLOW_TO_AUTHENTICATE,
    Closing,
)
from services.messaging.realtime.frames import Error, FromServer, Reauthenticate, State, written
from services.messaging.realtime.metrics import SLOW_READERS

logger = structlog.get_logger()
RENEW_SECONDS = 60
BURST_SECONDS = 5


class Connection(Follower):
    """`token` is None until it is authenticated. `due` is when to call `on_due`, in Unix seconds."""

    __slots__ = (
        "_allowance",
        "_asked_to_renew",
        "_counted_at",
        "closing",
        "due",
        "id",
        "opened_at",
        "presence",
        "subscriptions",
        "token",
        "watched",
    )

    def __init__(self, send: Send, *, authenticate_seconds: float) -> None:
        super().__init__(send)
        self.id = new_id()
        self.token: AccessToken | None = None
        self.subscriptions: dict[UUID, Subscription] = {}
        self.watched: frozenset[UUID] = frozenset()
        self.presence: State = "active"
        self.closing: Closing | None = None
        self.opened_at = time.time()
        self.due = self.opened_at + authenticate_seconds
        self._asked_to_renew = False
        self._allowance = 0.0
        self._counted_at = float("-inf")

    @property
    def identity(self) -> AccessToken:
        """Raises LookupError before the connection is authenticated."""
        if self.token is None:
            raise LookupError("not authenticated")
        return self.token

    @property
    def user_id(self) -> UUID:
        return self.identity.user_id

    @property
    def tenant_id(self) -> UUID:
        return self.identity.tenant_id

    def authenticate(self, token: AccessToken) -> None:
        """Belongs to the token's person until it expires."""
        self.token = token
        self._asked_to_renew = False
        self.due = token.expires_at - RENEW_SECONDS

    def tell(self, frame: FromServer) -> None:
        """Writes one frame."""
        self.write(text_frame(written(frame)))

    def refuse(self, reference: str | None, code: str, detail: str) -> None:
        """Tells that a frame was not carried out."""
        self.tell(Error(id=reference, code=code, detail=detail))

    def end(self, closing: Closing) -> None:
        """Closes with a code of the table; what was written before still goes out."""
        if self.closing is None and self.is_open:
            self.closing = closing
            self.close(closing.code, closing.name)

    def fall_behind(self) -> None:
        if self.closing is None:
            SLOW_READERS.inc()
        self.end(SLOW_READER)

    def forget(self, stream_id: UUID) -> None:
        self.subscriptions.pop(stream_id, None)

    def may_send_frame(self, per_second: int) -> bool:
        """Counts one frame from the client: `per_second` of them, and five seconds' worth at once."""
        now = time.monotonic()
        most = float(per_second * BURST_SECONDS)
        self._allowance = min(most, self._allowance + (now - self._counted_at) * per_second)
        self._counted_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def on_due(self, now: float) -> None:
        """The time to authenticate is over, or the token ends soon, or it has ended."""
        if self.token is None:
            self.end(TOO_SLOW_TO_AUTHENTICATE)
        elif now >= self.token.expires_at:
            self.end(TOKEN_EXPIRED)
        elif not self._asked_to_renew:
            self._asked_to_renew = True
            self.due = self.token.expires_at
            self.tell(Reauthenticate(within_seconds=max(0, int(self.token.expires_at - now))))
