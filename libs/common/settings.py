"""Settings come from the environment, as `STACKPRO_…` (nested: `STACKPRO_BUS__FORM`). A secret has no default."""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[1-9][0-9]{0,4})?$")]
"""As browsers send it (RFC 6454 §6.2): lower case, no path, no slash at its end."""


class ServiceSettings(BaseSettings):
    """What every service needs. A service adds its own block by inheriting."""

    model_config = SettingsConfigDict(
        env_prefix="STACKPRO_", env_nested_delimiter="__", frozen=True, extra="ignore", populate_by_name=True
    )

    database_url: SecretStr = Field(description="`postgresql+asyncpg://` URL of the role bound by row-level security.")
    database_system_url: SecretStr = Field(description="The same for the role that the platform's own work uses.")
    database_direct_url: SecretStr | None = Field(
        default=None, description="URL past a connection pooler, for LISTEN; by default the system role's."
    )
    database_pool_size: int = Field(
        default=10,
        ge=2,
        description="Connections per role and process for usual load; a burst opens up to twice as many, which stay.",
    )
    jwks_url: str = Field(description="Where auth publishes the keys of access tokens.")
    service_private_key: SecretStr = Field(description="ES256 key (PEM) by which this service proves itself to others.")
    service_public_keys: dict[str, str] = Field(description="Public keys (PEM) of the services, by name, as JSON.")
    cursor_key: SecretStr = Field(min_length=32, description="Signs the cursors of lists; 32 characters or more.")
    clock_file: Path | None = Field(default=None, description="Offset of business time; for the sandbox only.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    otlp_endpoint: str | None = Field(default=None, description="OTLP/HTTP address that traces are sent to.")
    drain_seconds: float = Field(default=5, ge=0, description="Time to serve on after SIGTERM, while unready.")

    @property
    def listen_url(self) -> str:
        """Where to LISTEN: past a connection pooler, which would lose it."""
        return (self.database_direct_url or self.database_system_url).get_secret_value()


AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def load_settings(settings_class: type[AnySettings]) -> AnySettings:
    """The settings from the environment.

    Raises:
        SystemExit: with one line that names what is missing or wrong; values are not shown.
    """
    try:
        return settings_class()
    except ValidationError as error:
        prefix = str(settings_class.model_config.get("env_prefix", ""))
        faults = "; ".join(
            f"{prefix}{'__'.join(str(part) for part in entry['loc'])}: {entry['msg']}".upper().split(":", 1)[0]
            + f": {entry['msg']}"
            for entry in error.errors(include_input=False)
        )
        raise SystemExit(f"{settings_class.__name__}: {faults}") from None
