"""Which form of the objects port to open, and with what."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.aws_settings import AwsSettings


class LocalObjectsSettings(BaseModel):
    """A directory. `public_url` is where the server of signed URLs is reached; both share `signing_key`."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    root: Path
    public_url: str
    signing_key: SecretStr = Field(min_length=32)


class S3ObjectsSettings(BaseModel):
    """S3. `path_style` is for emulators that have no DNS names for buckets."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    aws: AwsSettings = AwsSettings()
    path_style: bool = False


ObjectsSettings = Annotated[LocalObjectsSettings | S3ObjectsSettings, Field(discriminator="form")]
