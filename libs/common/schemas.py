"""The base of what callers send: unknown fields are refused, so that a typing error never passes silently."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict


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
