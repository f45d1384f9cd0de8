"""What crosses the wire about the person who is signed in."""

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import RequestBody
from services.auth.accounts.schemas import Locale, Name, Password, TenantAnswer, UserAnswer


class ProfileChange(RequestBody):
    """What is to change; what is left out, or null, stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"full_name": "Ada King", "locale": "de"}]})

    full_name: Name | None = Field(default=None, examples=["Ada King"])
    locale: Locale | None = Field(default=None, description="Language of the web app and of mails.", examples=["de"])


class PasswordChange(RequestBody):
    """The present password as proof, and the new one, which must be as good as at sign-up."""

    current_password: Password
    new_password: Password


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
