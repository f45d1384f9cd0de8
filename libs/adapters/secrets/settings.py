"""Which form of the secrets port to open, and with what."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.keys.settings import LocalKeysSettings


class LocalSecretsSettings(BaseModel):
    """A directory of files, sealed by the key `alias/<key_alias>` of a local key ring."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    root: Path
    keys: LocalKeysSettings
    key_alias: str = "secrets"


class SecretsManagerSettings(BaseModel):
    """AWS Secrets Manager: a secret is `<name>/<its name>`; without a key, AWS's own protects it."""

    model_config = ConfigDict(frozen=True)

    form: Literal["aws"] = "aws"
    aws: AwsSettings = AwsSettings()
    name: str = Field(default="stackpro", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    kms_key_id: str | None = None


SecretsSettings = Annotated[LocalSecretsSettings | SecretsManagerSettings, Field(discriminator="form")]
