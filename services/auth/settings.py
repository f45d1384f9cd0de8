"""auth's settings."""

from pydantic import Field, SecretStr

from libs.adapters.bus import BusSettings
from libs.adapters.keys import KeysSettings
from libs.adapters.mail import MailSettings
from libs.common.settings import ServiceSettings


class AuthSettings(ServiceSettings):
    """What auth needs beyond every service's settings."""

    bus: BusSettings
    keys: KeysSettings
    mail: MailSettings
    refresh_key: SecretStr = Field(min_length=32, description="Derives refresh tokens; 32 characters or more.")
    password_threads: int = Field(default=2, ge=1, description="Threads that hash passwords; one per core is enough.")
    home_region: str = Field(default="us-east-1", description="AWS region of new tenants' stacks and data.")
    web_url: str = Field(description="Where people reach the web app.")
