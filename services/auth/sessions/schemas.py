"""What crosses the wire about sessions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import RequestBody

SessionMode = Literal["token", "cookie"]
RefreshToken = Annotated[str, Field(min_length=16, max_length=256, examples=["Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"])]
_EXAMPLES = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"}, {}]})


class OpensSession(RequestBody):
    """Base of what opens a session."""

    session: SessionMode = Field(
        default="token",
        description="Where the refresh token goes: into the answer, or into an HttpOnly cookie, for the web app alone.",
    )


class RefreshRequest(RequestBody):
    """A refresh token, and the business to work in if it is to change."""

    model_config = _EXAMPLES

    refresh_token: RefreshToken | None = Field(
        default=None,
        description="Without it, the session cookie is used.",
        examples=["Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"],
    )
    tenant_id: UUID | None = Field(default=None, description="Switches to this business.")


class LogoutRequest(RequestBody):
    """The refresh token of the session to end."""

    model_config = _EXAMPLES

    refresh_token: RefreshToken | None = Field(
        default=None,
        description="Without it, the session of the cookie is ended, and the cookie cleared.",
        examples=["Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"],
    )


class TokenAnswer(BaseModel):
    """`expires_in` is the access token's life in seconds; `refresh_token` is null where it is in the cookie."""

    access_token: str
    refresh_token: str | None
    token_type: str = "Bearer"
    expires_in: int


class SessionAnswer(BaseModel):
    """One sign-in that has not ended; `user_agent` is what the browser called itself then, `current` is this one."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None
    current: bool


class SessionsAnswer(BaseModel):
    """A person's sessions, the last used first."""

    items: list[SessionAnswer]
