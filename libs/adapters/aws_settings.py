"""Where AWS is and how long it may take; apart from the clients, so that settings load without the SDK."""

from pydantic import BaseModel, ConfigDict, SecretStr


class AwsSettings(BaseModel):
    """One AWS account and region. Without keys the SDK's chain decides (an instance's or a pod's role).

    Times in seconds. `endpoint_url` names an emulator or a VPC endpoint.
    """

    model_config = ConfigDict(frozen=True)

    region: str = "us-east-1"
    endpoint_url: str | None = None
    access_key_id: SecretStr | None = None
    secret_access_key: SecretStr | None = None
    connect_timeout: float = 3
    read_timeout: float = 15
    max_attempts: int = 3
