"""Secrets: AWS Secrets Manager, or sealed files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.secrets.port import SecretMissing, Secrets, SecretsError, SecretsUnavailable
from libs.adapters.secrets.settings import LocalSecretsSettings, SecretsManagerSettings, SecretsSettings
from libs.adapters.tenant_names import BadName, platform_key, tenant_key

__all__ = [
    "BadName",
    "LocalSecretsSettings",
    "SecretMissing",
    "Secrets",
    "SecretsError",
    "SecretsManagerSettings",
    "SecretsSettings",
    "SecretsUnavailable",
    "open_secrets",
    "platform_key",
    "tenant_key",
]


@asynccontextmanager
async def open_secrets(settings: SecretsSettings) -> AsyncIterator[Secrets]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, LocalSecretsSettings):
        from libs.adapters.secrets.local import open_local_secrets  # noqa: PLC0415 - see above

        async with open_local_secrets(settings) as secrets:
            yield secrets
    else:
        from libs.adapters.secrets.aws import open_secrets_manager  # noqa: PLC0415 - see above

        async with open_secrets_manager(settings) as secrets:
            yield secrets
