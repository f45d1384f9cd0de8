"""Which form of the keys port to open, and with what."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.aws_settings import AwsSettings


class LocalKeysSettings(BaseModel):
    """A key ring in one file, wrapped by a master key of 32 random characters or more."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    path: Path
    master_key: SecretStr = Field(min_length=32)


class KmsSettings(BaseModel):
    """AWS KMS."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    aws: AwsSettings = AwsSettings()


KeysSettings = Annotated[LocalKeysSettings | KmsSettings, Field(discriminator="form")]
