"""auth's settings."""

from pydantic import Field, SecretStr

from libs.adapters.bus import BusSettings
from libs.adapters.keys import KeysSettings
from libs.adapters.mail import MailSettings
from libs.common.settings import Origin, ServiceSettings


class AuthSettings(ServiceSettings):
    """What auth needs beyond every service's settings."""

    bus: BusSettings
    keys: KeysSettings
    mail: MailSettings
    billing_url: str = Field(description="Where billing answers the other services.")
    refresh_key: SecretStr = Field(
        min_length=32, description="Derives tokens of sessions and invitations; 32 characters."
    )
    password_threads: int = Field(default=2, ge=1, description="Threads that hash passwords; one per core is enough.")
    home_region: str = Field(default="us-east-1", description="AWS region of new tenants' stacks and data.")
    web_url: str = Field(description="Where people reach the web app.")
    web_origins: list[Origin] = Field(
        default=[], description="Origins of the web app, as JSON; only their pages may have a session in a cookie."
    )
    session_cookie_domain: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
        description="Domain whose hosts share the session cookie; by default the API's host alone has it.",
    )
