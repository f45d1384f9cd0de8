"""What crosses the wire about accounts and sessions."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, EmailStr, Field, SecretStr

from libs.adapters.mail.port import check_address
from libs.common.schemas import RequestBody

Email = Annotated[
    EmailStr,
    AfterValidator(str.lower),
    AfterValidator(check_address),
    Field(max_length=254, examples=["ada@example.com"]),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256, examples=["seven quiet otters build a bridge"])]
RefreshToken = Annotated[str, Field(min_length=16, max_length=256, examples=["Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"])]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]+$")]


class SignUpRequest(RequestBody):
    """A visitor's account and business."""

    email: Email
    password: Password
    full_name: Name = Field(examples=["Ada Lovelace"])
    company: Name = Field(examples=["Bäcker & Söhne"])
    plan: str = Field(default="trial", max_length=40, pattern=r"^[a-z0-9_]+$", description="The plan wanted.")


class LoginRequest(RequestBody):
    """Address and password."""

    email: Email
    password: Password


class RefreshRequest(RequestBody):
    """A refresh token, and the business to work in if it is to change."""

    refresh_token: RefreshToken
    tenant_id: UUID | None = Field(default=None, description="Switches to this business.")


class LogoutRequest(RequestBody):
    """The refresh token of the session to end."""

    refresh_token: RefreshToken


class TokenAnswer(BaseModel):
    """`expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int


class UserAnswer(BaseModel):
    """A person."""

    id: UUID
    email: str
    full_name: str


class TenantAnswer(BaseModel):
    """A business; `slug` is its subdomain."""

    id: UUID
    slug: str
    name: str


class SignUpAnswer(TokenAnswer):
    """The account, its business, and a first session."""

    user: UserAnswer
    tenant: TenantAnswer


class MembershipAnswer(BaseModel):
    """A business that the person belongs to, and their role in it."""

    tenant: TenantAnswer
    role: str


class MeAnswer(BaseModel):
    """Who is signed in, where, and what they may do there."""

    user: UserAnswer
    tenant: TenantAnswer
    role: str
    permissions: list[str]
    memberships: list[MembershipAnswer]
