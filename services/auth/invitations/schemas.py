"""What crosses the wire about invitations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from libs.common.schemas import RequestBody
from services.auth.accounts.schemas import Email, Locale, Name, Password
from services.auth.sessions.schemas import OpensSession

InvitedRole = Literal["admin", "member", "viewer"]
Token = Annotated[
    SecretStr,
    Field(
        min_length=16,
        max_length=256,
        description="From the link in the mail, where it stands behind the `#`.",
        examples=["Wk2pVt9sQz4xYc7bNf1mLr6dHg8jTa3eUo5iKs0wEvM"],
    ),
]


class InvitationRequest(RequestBody):
    """Who is to join, and as what. Owners are made of members."""

    email: Email
    role: InvitedRole = Field(examples=["member"])


class InvitationAnswer(BaseModel):
    """An invitation that waits for an answer; `invited_by` is a user id."""

    id: UUID
    email: str
    role: InvitedRole
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


class InvitationLook(RequestBody):
    """The token, in the body: no log of addresses ever sees it."""

    token: Token


class InvitationSeen(BaseModel):
    """To whom and what a valid token invites. `needs_account` is false for an address that has an account."""

    company: str
    email: str
    role: InvitedRole
    needs_account: bool


class InvitationAcceptance(OpensSession):
    """The password of the account that there is, or name and password of a new one."""

    token: Token
    password: Password
    full_name: Name | None = Field(
        default=None, description="Of a new account; left alone for one that exists.", examples=["Grace Hopper"]
    )
    locale: Locale | None = Field(
        default=None, description="Language of a new account; by default as `Accept-Language` says."
    )
