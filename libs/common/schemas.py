"""The base of what callers send: unknown fields are refused, so that a typing error never passes silently."""

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """Base of every request's body."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
