"""The base of what callers send: unknown fields are refused, so that a typing error never passes silently."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints


class RequestBody(BaseModel):
    """Base of every request's body."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _in_words(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("a time is given as RFC 3339 writes it, not as a number")
    return value


def _a_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a whole number is given as a number")
    return value


Whole = Annotated[int, BeforeValidator(_a_number)]
"""A whole number in a request; JSON Schema counts 5.0 as one, but neither "5" nor true."""
Moment = Annotated[AwareDatetime, BeforeValidator(_in_words)]
"""A time with its zone in a request (RFC 3339)."""

# No control characters, no separators of paths, none that turn the direction of reading (they disguise endings).
FileName = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
    ),
]
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+_-]{1,100}/[a-z0-9.+_-]{1,100}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 (FIPS 180-4) in hexadecimal digits."""


class UploadAnswer(BaseModel):
    """The one request by which the file is sent, with exactly these headers, until `expires_at`."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires_at: datetime


class DownloadAnswer(BaseModel):
    """Fetch the file from `url` until `expires_at`."""

    url: str
    expires_at: datetime
