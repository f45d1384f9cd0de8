"""Which form of the mail port to open, and with what."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.mail.port import Sender


class MailboxSettings(BaseModel):
    """The sandbox's mailbox at `url`, such as `http://127.0.0.1:8025`. Timeouts in seconds."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    sender: Sender
    url: str
    secret: SecretStr = Field(min_length=16)
    timeout: float = 5


class SmtpSettings(BaseModel):
    """A mail server that accepts submissions (RFC 6409), over TLS unless told otherwise."""

    model_config = ConfigDict(frozen=True)

    form: Literal["smtp"] = "smtp"
    sender: Sender
    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    timeout: float = 15


class SesSettings(BaseModel):
    """SES v2; the configuration set says where delivery notifications go."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    sender: Sender
    aws: AwsSettings = AwsSettings()
    configuration_set: str | None = None


MailSettings = Annotated[MailboxSettings | SmtpSettings | SesSettings, Field(discriminator="form")]
