"""The gateway's settings."""

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LimitSettings(BaseModel):
    """Limits of the edge: bytes, seconds, requests. The defaults are generous; a deployment tightens them."""

    body_bytes: int = Field(default=1_048_576, ge=1024, description="Largest body of a request, in bytes.")
    body_seconds: float = Field(default=10, gt=0, description="Time in which a request's body must arrive.")
    answer_seconds: float = Field(default=25, gt=0, description="Time in which a service's answer must begin.")
    silence_seconds: float = Field(default=60, gt=0, description="Longest pause within an answer, streams included.")
    window_seconds: int = Field(default=60, ge=1, description="Window of the rate limits.")
    address_requests: int = Field(default=6000, ge=1, description="Requests of one address in a window.")
    tenant_requests: int = Field(default=12000, ge=1, description="Requests of one tenant in a window.")
    waiting_requests: int = Field(default=1000, ge=1, description="Unanswered requests above which load is shed.")
    loop_lag_seconds: float = Field(
        default=0.5, gt=0, description="Lasting lateness of the event loop that sheds load."
    )
    sockets: int = Field(default=20_000, ge=1, description="Open WebSockets of one gateway.")
    address_sockets: int = Field(default=6000, ge=1, description="WebSockets that one address may open in a window.")
    upstream_connections: int = Field(default=1000, ge=1, description="Connections to one service.")


class GatewaySettings(BaseSettings):
    """What the gateway needs. It has no database."""

    model_config = SettingsConfigDict(
        env_prefix="STACKPRO_", env_nested_delimiter="__", frozen=True, extra="ignore", populate_by_name=True
    )

    auth_url: str = Field(description="Where auth listens, such as `http://auth:8000`.")
    billing_url: str = Field(description="Where billing listens.")
    provisioner_url: str = Field(description="Where the provisioner listens.")
    messaging_url: str = Field(description="Where messaging listens.")
    ai_url: str = Field(description="Where ai listens.")
    jwks_url: str | None = Field(default=None, description="Where auth publishes keys; by default under `auth_url`.")
    service_private_key: SecretStr = Field(description="ES256 key (PEM) by which the gateway proves itself.")
    valkey_url: SecretStr | None = Field(
        default=None, description="`redis://` URL; without it each gateway counts its limits alone."
    )
    cors_origins: list[str] = Field(default=[], description="Origins of web apps that may call the API, as JSON.")
    trusted_proxies: int = Field(
        default=0, ge=0, description="Proxies in front of the gateway whose `X-Forwarded-*` are believed."
    )
    metrics_token: SecretStr | None = Field(default=None, description="Bearer token of `/metrics`; without it, 404.")
    limits: LimitSettings = LimitSettings()
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    otlp_endpoint: str | None = Field(default=None, description="OTLP/HTTP address that traces are sent to.")
    drain_seconds: float = Field(default=5, ge=0, description="Time to serve on after SIGTERM, while unready.")

    def service_urls(self) -> dict[str, str]:
        """The services by name."""
        return {
            "auth": self.auth_url,
            "billing": self.billing_url,
            "provisioner": self.provisioner_url,
            "messaging": self.messaging_url,
            "ai": self.ai_url,
        }
