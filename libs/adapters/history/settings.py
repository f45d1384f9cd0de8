"""Which form of the history port to open, and with what."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.adapters.aws_settings import AwsSettings


class NoHistorySettings(BaseModel):
    """No tier for old messages: PostgreSQL keeps all of them."""

    model_config = ConfigDict(frozen=True)

    form: Literal["none"] = "none"


class LocalHistorySettings(BaseModel):
    """A file of SQLite, for one machine."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    path: Path


class DynamoHistorySettings(BaseModel):
    """A table of DynamoDB."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    aws: AwsSettings = AwsSettings()
    table: str = Field(default="stackpro-history", min_length=3, max_length=255)


HistorySettings = Annotated[
    NoHistorySettings | LocalHistorySettings | DynamoHistorySettings, Field(discriminator="form")
]
