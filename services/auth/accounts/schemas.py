"""What crosses the wire about sign-up and sign-in."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, SecretStr, validate_email
from pydantic_core import PydanticCustomError

from libs.adapters.mail.port import check_address
from services.auth.accounts.locales import PATTERN, check_locale
from services.auth.sessions.schemas import OpensSession, TokenAnswer

_NAME = re.compile(r"[^\x00-\x1f\x7f<>]+")


def _check_email(text: str) -> str:
    try:
        if "<" in text:
            raise ValueError("an address with a name before it")
        return check_address(validate_email(text)[1].lower())
    except ValueError as error:
        raise PydanticCustomError("email_invalid", "Use an address such as `ada@example.com`.") from error


def _check_name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise PydanticCustomError("characters_refused", "Leave out {refused}.", {"refused": "< >"})
    return text


Email = Annotated[
    str,
    Field(max_length=254, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
    AfterValidator(_check_email),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256, examples=["seven quiet otters build a bridge"])]
Name = Annotated[
    str,
    Field(min_length=1, max_length=120, json_schema_extra={"pattern": f"^{_NAME.pattern}$"}),
    AfterValidator(_check_name),
]
Locale = Annotated[
    str, Field(max_length=35, json_schema_extra={"pattern": PATTERN}, examples=["de"]), AfterValidator(check_locale)
]


class SignUpRequest(OpensSession):
    """A visitor's account and business."""

    email: Email
    password: Password
    full_name: Name = Field(examples=["Ada Lovelace"])
    company: Name = Field(examples=["Bäcker & Söhne"])
    plan: str = Field(default="trial", max_length=40, pattern=r"^[a-z0-9_]+$", description="The plan wanted.")
    locale: Locale | None = Field(
        default=None, description="Language of the person and the business; by default as `Accept-Language` says."
    )


class LoginRequest(OpensSession):
    """Address and password."""

    email: Email
    password: Password


class UserAnswer(BaseModel):
    """A person; `locale` is a BCP 47 tag."""

    id: UUID
    email: str
    full_name: str
    locale: str


class TenantAnswer(BaseModel):
    """A business; `slug` is its subdomain."""

    id: UUID
    slug: str
    name: str


class SignUpAnswer(TokenAnswer):
    """The account, its business, and a first session."""

    user: UserAnswer
    tenant: TenantAnswer
