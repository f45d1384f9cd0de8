"""Keys: AWS KMS, or a local key ring."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.keys.port import (
    CannotDecrypt,
    Context,
    DataKey,
    KeyMissing,
    Keys,
    KeysError,
    KeyState,
    KeyStatus,
    KeysUnavailable,
    KeyUnavailable,
)
from libs.adapters.keys.settings import KeysSettings, KmsSettings, LocalKeysSettings

__all__ = [
    "CannotDecrypt",
    "Context",
    "DataKey",
    "KeyMissing",
    "KeyState",
    "KeyStatus",
    "KeyUnavailable",
    "Keys",
    "KeysError",
    "KeysSettings",
    "KeysUnavailable",
    "KmsSettings",
    "LocalKeysSettings",
    "open_keys",
]


@asynccontextmanager
async def open_keys(settings: KeysSettings) -> AsyncIterator[Keys]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, LocalKeysSettings):
        from libs.adapters.keys.local import LocalKeys  # noqa: PLC0415 - see above

        yield LocalKeys(settings)
    else:
        from libs.adapters.keys.aws import open_kms_keys  # noqa: PLC0415 - see above

        async with open_kms_keys(settings) as keys:
            yield keys
