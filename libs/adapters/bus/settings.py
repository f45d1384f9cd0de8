"""Which form of the bus to open, and with what."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.aws_settings import AwsSettings

RETENTION_SECONDS = 14 * 24 * 3600  # the longest that SQS keeps a message


class LocalBusSettings(BaseModel):
    """A PostgreSQL database of its own; `dsn` is a `postgresql://` URL past any connection pooler.

    Times in seconds, real time as on SQS: a message is hidden for `visibility_seconds` once received.
    """

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    dsn: SecretStr
    visibility_seconds: float = Field(default=30, gt=0, le=43200)
    retention_seconds: float = Field(default=RETENTION_SECONDS, gt=0)
    max_connections: int = Field(default=4, ge=1)


class AwsBusSettings(BaseModel):
    """One SNS topic `<name>` and the SQS queues `<name>-<queue>` and `<name>-<queue>-dead`."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    aws: AwsSettings = AwsSettings()
    name: str = Field(default="stackpro", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    visibility_seconds: int = Field(default=30, gt=0, le=43200)
    retention_seconds: int = Field(default=RETENTION_SECONDS, ge=60, le=RETENTION_SECONDS)


BusSettings = Annotated[LocalBusSettings | AwsBusSettings, Field(discriminator="form")]
