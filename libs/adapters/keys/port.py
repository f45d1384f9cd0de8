"""The keys port: keys that never leave their keeper, data keys wrapped by them, and small values encrypted by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from libs.adapters.errors import PortError

Context = Mapping[str, str]
MAX_PLAINTEXT_BYTES = 4096  # AWS KMS, Encrypt; larger values go through `libs.adapters.keys.envelope`
MIN_DESTROY_DAYS, MAX_DESTROY_DAYS = 7, 30  # AWS KMS, ScheduleKeyDeletion


class KeysError(PortError):
    code, title = "keys_failed", "The key store refused the operation"


class KeysUnavailable(KeysError):
    status, code, title, retryable = 503, "keys_unavailable", "The key store does not answer", True
    default_detail = "Nothing was changed. Try again in a moment."


class KeyMissing(KeysError):
    code, title = "key_missing", "There is no such key"
    default_detail = "Create the key before using it."


class KeyUnavailable(KeysError):
    """The key exists but is disabled or to be destroyed; what it protects cannot be read."""

    status, code, title = 409, "key_unavailable", "The key is disabled or destroyed"
    default_detail = "Whoever owns the key must enable it again before the data can be read."


class CannotDecrypt(KeysError):
    """The ciphertext was changed, or made by another key or under another context."""

    code, title = "cannot_decrypt", "The data cannot be decrypted"
    default_detail = "The data or its context is not what was encrypted."


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key of 256 bits for use now (`plaintext`, never stored or shown) and for storing (`encrypted`)."""

    plaintext: bytes = field(repr=False)
    encrypted: bytes


KeyState = Literal["enabled", "disabled", "pending_destruction"]


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What may be done with a key, and when it is destroyed, if it is to be."""

    state: KeyState
    destroyed_at: datetime | None = None


class Keys(Protocol):
    """A key is named by its id or by `alias/<name>`. `context` says what a value is for, such as the tenant.

    The context is not secret and not stored: decryption needs the same one. Calls raise `KeyMissing`,
    `KeyUnavailable`, `CannotDecrypt`, `KeysUnavailable`.
    """

    async def create_key(self, alias: str) -> str:
        """The id of the key `alias/<alias>`, which is made unless it exists."""

    async def generate_data_key(self, key_id: str, context: Context) -> DataKey:
        """A fresh data key."""

    async def decrypt_data_key(self, encrypted: bytes, context: Context) -> bytes:
        """The data key in plain."""

    async def encrypt(self, key_id: str, plaintext: bytes, context: Context) -> bytes:
        """Encrypts up to 4096 bytes. The result names its key."""

    async def decrypt(self, ciphertext: bytes, context: Context) -> bytes:
        """What `encrypt` was given, also after rotations."""

    async def rotate(self, key_id: str) -> None:
        """New material for what is encrypted from now on; what was encrypted before can still be read."""

    async def disable(self, key_id: str) -> None:
        """Makes the key unusable until `enable`."""

    async def enable(self, key_id: str) -> None:
        """Makes a disabled key usable, also one whose destruction was cancelled."""

    async def schedule_destroy(self, key_id: str, *, days: int = MAX_DESTROY_DAYS) -> None:
        """Makes the key unusable now, and destroys it for good in `days` (7 to 30)."""

    async def cancel_destroy(self, key_id: str) -> None:
        """Keeps a key that was to be destroyed, disabled as before `enable`."""

    async def status(self, key_id: str) -> KeyStatus:
        """How the key stands. Raises `KeyMissing` for one that was destroyed, as for one that never was."""

    async def ping(self) -> None:
        """Returns if the key store answers."""


def check_plaintext(plaintext: bytes) -> None:
    """Refuses what KMS would refuse. Raises `KeysError`."""
    if not 0 < len(plaintext) <= MAX_PLAINTEXT_BYTES:
        raise KeysError("A key encrypts 1 to 4096 bytes; seal larger values in an envelope.")


def check_destroy_days(days: int) -> None:
    """Raises `KeysError` unless KMS would accept the waiting time."""
    if not MIN_DESTROY_DAYS <= days <= MAX_DESTROY_DAYS:
        raise KeysError("A key is destroyed in 7 to 30 days.")
