"""The AWS form of the keys port: KMS, with the context as encryption context."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.keys.port import (
    CannotDecrypt,
    Context,
    DataKey,
    KeyMissing,
    KeysError,
    KeyState,
    KeyStatus,
    KeysUnavailable,
    KeyUnavailable,
    check_destroy_days,
    check_plaintext,
)
from libs.adapters.keys.settings import KmsSettings

if TYPE_CHECKING:
    from types_aiobotocore_kms import KMSClient

_KNOWN = {
    "DependencyTimeoutException": KeysUnavailable,
    "DisabledException": KeyUnavailable,
    "IncorrectKeyException": CannotDecrypt,
    "InvalidCiphertextException": CannotDecrypt,
    "KMSInvalidStateException": KeyUnavailable,
    "KeyUnavailableException": KeysUnavailable,
    "NotFoundException": KeyMissing,
}
_SOONEST_DESTROY_DAYS = 7
_STATES: dict[str, KeyState] = {"Enabled": "enabled", "PendingDeletion": "pending_destruction"}
"""The other states (KMS, "Key states of AWS KMS keys") let nobody use the key, as `disabled` does."""


class KmsKeys:
    """Keys in AWS KMS."""

    def __init__(self, client: "KMSClient") -> None:
        self._client = client

    async def create_key(self, alias: str) -> str:
        name = f"alias/{alias}"
        with _errors():
            try:
                return (await self._client.describe_key(KeyId=name))["KeyMetadata"]["KeyId"]
            except self._client.exceptions.NotFoundException:
                made = (await self._client.create_key(Tags=[{"TagKey": "ManagedBy", "TagValue": "stackpro"}]))[
                    "KeyMetadata"
                ]["KeyId"]
            try:
                await self._client.create_alias(AliasName=name, TargetKeyId=made)
            except self._client.exceptions.AlreadyExistsException:
                # Another process was faster: theirs counts, ours goes.
                await self._client.schedule_key_deletion(KeyId=made, PendingWindowInDays=_SOONEST_DESTROY_DAYS)
                return (await self._client.describe_key(KeyId=name))["KeyMetadata"]["KeyId"]
        return made

    async def generate_data_key(self, key_id: str, context: Context) -> DataKey:
        with _errors():
            answer = await self._client.generate_data_key(
                KeyId=key_id, KeySpec="AES_256", EncryptionContext=dict(context)
            )
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"])

    async def decrypt_data_key(self, encrypted: bytes, context: Context) -> bytes:
        return await self.decrypt(encrypted, context)

    async def encrypt(self, key_id: str, plaintext: bytes, context: Context) -> bytes:
        check_plaintext(plaintext)
        with _errors():
            answer = await self._client.encrypt(KeyId=key_id, Plaintext=plaintext, EncryptionContext=dict(context))
        return answer["CiphertextBlob"]

    async def decrypt(self, ciphertext: bytes, context: Context) -> bytes:
        with _errors():
            answer = await self._client.decrypt(CiphertextBlob=ciphertext, EncryptionContext=dict(context))
        return answer["Plaintext"]

    async def rotate(self, key_id: str) -> None:
        with _errors():
            await self._client.rotate_key_on_demand(KeyId=await self._resolve(key_id))

    async def disable(self, key_id: str) -> None:
        with _errors():
            await self._client.disable_key(KeyId=await self._resolve(key_id))

    async def enable(self, key_id: str) -> None:
        with _errors():
            await self._client.enable_key(KeyId=await self._resolve(key_id))

    async def schedule_destroy(self, key_id: str, *, days: int = 30) -> None:
        check_destroy_days(days)
        with _errors():
            await self._client.schedule_key_deletion(KeyId=await self._resolve(key_id), PendingWindowInDays=days)

    async def cancel_destroy(self, key_id: str) -> None:
        with _errors():
            await self._client.cancel_key_deletion(KeyId=await self._resolve(key_id))

    async def status(self, key_id: str) -> KeyStatus:
        with _errors():
            known = (await self._client.describe_key(KeyId=key_id))["KeyMetadata"]
        return KeyStatus(_STATES.get(known["KeyState"], "disabled"), known.get("DeletionDate"))

    async def ping(self) -> None:
        with _errors():
            await self._client.list_keys(Limit=1)

    async def _resolve(self, key_id: str) -> str:
        """The id behind an alias: the calls that change a key take no alias (KMS, "Key identifiers")."""
        if not key_id.startswith("alias/"):
            return key_id
        return (await self._client.describe_key(KeyId=key_id))["KeyMetadata"]["KeyId"]


def _errors() -> AbstractContextManager[None]:
    return aws_errors(_KNOWN, unavailable=KeysUnavailable, failed=KeysError)


@asynccontextmanager
async def open_kms_keys(settings: KmsSettings) -> AsyncIterator[KmsKeys]:
    """KMS with the client that lives as long as the process."""
    async with aws_client("kms", settings.aws) as client:
        yield KmsKeys(client)
