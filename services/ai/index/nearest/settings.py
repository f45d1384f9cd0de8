"""Which form of the port of nearest passages to open, and with what."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from libs.adapters.aws_settings import AwsSettings


class PostgresVectorsSettings(BaseModel):
    """pgvector, in the service's own database."""

    model_config = ConfigDict(frozen=True)

    form: Literal["postgres"] = "postgres"


class OpenSearchVectorsSettings(BaseModel):
    """Copies of the vectors in Amazon OpenSearch Service, or in any OpenSearch from 2.4 with the k-NN plugin.

    Unproven: written to the documented interface, and tested against a fake of it alone. OpenSearch Serverless is not
    supported: its vector collections take no ids and delete nothing by query. Of `aws`, region and keys are used.
    """

    model_config = ConfigDict(frozen=True)

    form: Literal["opensearch"] = "opensearch"
    url: str = Field(pattern=r"^https?://\S+[^/\s]$", description="Where OpenSearch answers.")
    service: Literal["es", "none"] = Field(
        default="es", description="Whether requests are signed as Amazon OpenSearch Service wants it, or not at all."
    )
    aws: AwsSettings = AwsSettings()
    user: str | None = Field(default=None, description="A user of OpenSearch itself, where requests are not signed.")
    password: SecretStr | None = Field(default=None, description="The user's password.")
    prefix: str = Field(
        default="stackpro-passages",
        pattern=r"^[a-z][a-z0-9-]{0,99}$",
        description="How the names of the indexes begin, and the name of the alias of them all.",
    )
    shards: int = Field(default=1, ge=1, le=1024, description="Of an index that is made.")
    replicas: int = Field(default=1, ge=0, le=10, description="Of an index that is made.")
    query_timeout: float = Field(default=3, gt=0, le=8, description="Seconds for one look for the nearest.")
    write_timeout: float = Field(default=60, gt=0, description="Seconds for one write or deletion.")
    max_connections: int = Field(default=50, ge=1, description="Calls under way at once, per process.")

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together")
        if self.user is not None and self.service != "none":
            raise ValueError("a request is either signed or carries a password: set service to none")
        return self


VectorsSettings = Annotated[PostgresVectorsSettings | OpenSearchVectorsSettings, Field(discriminator="form")]
