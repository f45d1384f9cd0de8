"""Why a socket is closed: every code that clients meet, and whether they may come back by themselves.

4000 to 4999 are the application's own (RFC 6455 §7.4.2), the rest is the protocol's (§7.4.1).
"""

from dataclasses import dataclass
from typing import Literal

Advice = Literal["retry", "stop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """`retry` says: come back and resume, after `wait_seconds` at least. `stop`: the same would happen again."""

    code: int
    name: str
    meaning: str
    advice: Advice
    wait_seconds: int = 0


NORMAL = Closing(code=1000, name="normal", meaning="The client is done.", advice="stop")
GOING_AWAY = Closing(code=1001, name="going_away", meaning="The page was left, or a proxy closed.", advice="retry")
PROTOCOL_ERROR = Closing(
    code=1002, name="protocol_error", meaning="The frames are not WebSocket frames; compressed ones too.", advice="stop"
)
UNSUPPORTED = Closing(code=1003, name="unsupported_data", meaning="A binary frame came; send text.", advice="stop")
NO_STATUS = Closing(code=1005, name="no_status", meaning="The connection ended without a code.", advice="retry")
ABNORMAL = Closing(code=1006, name="abnormal", meaning="The connection broke.", advice="retry")
NOT_TEXT = Closing(code=1007, name="invalid_data", meaning="A text frame was not UTF-8.", advice="stop")
TOO_LARGE = Closing(code=1009, name="too_large", meaning="A frame had more than 65,536 bytes.", advice="stop")
FAILED = Closing(
    code=1011, name="failed", meaning="A ping was not answered in 8 s, or the server failed.", advice="retry"
)
RESTARTING = Closing(
    code=1012, name="restarting", meaning="This node ends; another one serves at once.", advice="retry"
)
BAD_FRAME = Closing(
    code=4400, name="bad_frame", meaning="A frame was not a JSON object, or nested too deeply.", advice="stop"
)
NOT_AUTHENTICATED = Closing(
    code=4401,
    name="not_authenticated",
    meaning="The token or ticket is not valid, is somebody else's, or another frame came before it.",
    advice="stop",
)
ACCESS_ENDED = Closing(
    code=4403,
    name="access_ended",
    meaning="The membership ended, or the business is suspended.",
    advice="stop",
)
TOO_SLOW_TO_AUTHENTICATE = Closing(
    code=4408, name="authentication_timeout", meaning="No token came in time.", advice="retry", wait_seconds=1
)
TOKEN_EXPIRED = Closing(
    code=4419, name="token_expired", meaning="The token was not renewed; come back with a new one.", advice="retry"
)
TOO_MANY_FRAMES = Closing(
    code=4429, name="too_many_frames", meaning="The client sent more than it may.", advice="retry", wait_seconds=30
)
SLOW_READER = Closing(
    code=4508,
    name="slow_reader",
    meaning="More than 1 MiB or 256 frames waited for the client to read.",
    advice="retry",
)

CLOSINGS: tuple[Closing, ...] = (
    NORMAL,
    GOING_AWAY,
    PROTOCOL_ERROR,
    UNSUPPORTED,
    NO_STATUS,
    ABNORMAL,
    NOT_TEXT,
    TOO_LARGE,
    FAILED,
    RESTARTING,
    BAD_FRAME,
    NOT_AUTHENTICATED,
    ACCESS_ENDED,
    TOO_SLOW_TO_AUTHENTICATE,
    TOKEN_EXPIRED,
    TOO_MANY_FRAMES,
    SLOW_READER,
)
BY_CODE = {closing.code: closing for closing in CLOSINGS}
