"""The secrets port: passwords and tokens by name, encrypted where they lie."""

import re
from collections.abc import Mapping
from typing import Protocol

from libs.adapters.errors import PortError
from libs.adapters.tenant_names import BadName, check_key

MAX_VALUE_BYTES = 65_536  # AWS Secrets Manager, "Quotas"
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,230}")


class SecretsError(PortError):
    code, title = "secrets_failed", "The secret store refused the operation"


class SecretsUnavailable(SecretsError):
    status, code, title, retryable = 503, "secrets_unavailable", "The secret store does not answer", True
    default_detail = "Nothing was changed. Try again in a moment."


class SecretMissing(SecretsError):
    code, title = "secret_missing", "There is no such secret"
    default_detail = "It was deleted or never put there."


class Secrets(Protocol):
    """Names start with a tenant's id or `platform` (`libs.adapters.tenant_names`); `BadName` otherwise."""

    async def put(self, name: str, value: str, *, tags: Mapping[str, str] | None = None) -> None:
        """Keeps `value` (at most 64 KiB) under `name`, replacing what was there; tags are not secret."""

    async def get(self, name: str) -> str:
        """The value. Raises `SecretMissing`."""

    async def delete(self, name: str) -> None:
        """Removes the secret; it need not exist. On AWS it can be restored for a week."""

    async def list_names(self, prefix: str) -> list[str]:
        """The names that start with `prefix` (`<tenant id>/` or longer), sorted."""

    async def ping(self) -> None:
        """Returns if the store answers."""


def check_name(name: str) -> str:
    """Returns a name that Secrets Manager accepts too. Raises `BadName`."""
    if not _NAME.fullmatch(name):
        raise BadName(f"{name[:80]!r} must have up to 230 letters, digits and /_+=.@-")
    return check_key(name)


def check_value(value: str) -> None:
    """Raises `SecretsError` for what Secrets Manager would refuse."""
    if not 0 < len(value.encode()) <= MAX_VALUE_BYTES:
        raise SecretsError("A secret has 1 to 65,536 bytes.")
