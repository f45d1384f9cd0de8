"""The AWS form of the secrets port: Secrets Manager."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.secrets.port import (
    SecretMissing,
    SecretsError,
    SecretsUnavailable,
    check_name,
    check_value,
)
from libs.adapters.secrets.settings import SecretsManagerSettings
from libs.adapters.tenant_names import check_prefix

if TYPE_CHECKING:
    from types_aiobotocore_secretsmanager import SecretsManagerClient
    from types_aiobotocore_secretsmanager.type_defs import TagTypeDef

# A secret that waits for its deletion answers "invalid request" to a read; for us it is gone.
_READ = {"ResourceNotFoundException": SecretMissing, "InvalidRequestException": SecretMissing}
_RECOVERY_DAYS = 7


class SecretsManager:
    """Secrets in AWS Secrets Manager."""

    def __init__(self, client: "SecretsManagerClient", settings: SecretsManagerSettings) -> None:
        self._client = client
        self._prefix = f"{settings.name}/"
        self._key: Any = {} if settings.kms_key_id is None else {"KmsKeyId": settings.kms_key_id}

    async def put(self, name: str, value: str, *, tags: Mapping[str, str] | None = None) -> None:
        check_value(value)
        secret_id = self._id(name)
        wanted: list[TagTypeDef] = [{"Key": key, "Value": text} for key, text in (tags or {}).items()]
        with _errors():
            try:
                await self._client.create_secret(Name=secret_id, SecretString=value, Tags=wanted, **self._key)
            except (
                self._client.exceptions.ResourceExistsException,
                self._client.exceptions.InvalidRequestException,
            ):
                # It exists, or existed and waits for its deletion: restoring one that is there changes nothing.
                await self._client.restore_secret(SecretId=secret_id)
                await self._client.put_secret_value(SecretId=secret_id, SecretString=value)
                if wanted:
                    await self._client.tag_resource(SecretId=secret_id, Tags=wanted)

    async def get(self, name: str) -> str:
        with _errors(_READ):
            return (await self._client.get_secret_value(SecretId=self._id(name)))["SecretString"]

    async def delete(self, name: str) -> None:
        with _errors():
            try:
                await self._client.delete_secret(SecretId=self._id(name), RecoveryWindowInDays=_RECOVERY_DAYS)
            except (
                self._client.exceptions.ResourceNotFoundException,
                self._client.exceptions.InvalidRequestException,
            ):
                return  # never there, or already waiting for its deletion

    async def list_names(self, prefix: str) -> list[str]:
        wanted = self._prefix + check_prefix(prefix)
        names: list[str] = []
        with _errors():
            pages = self._client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [wanted]}])
            async for page in pages:
                names += [secret["Name"] for secret in page["SecretList"]]
        # AWS matches words of the name as well.
        return sorted(name.removeprefix(self._prefix) for name in names if name.startswith(wanted))

    async def ping(self) -> None:
        with _errors():
            await self._client.list_secrets(MaxResults=1)

    def _id(self, name: str) -> str:
        return self._prefix + check_name(name)


def _errors(known: Mapping[str, type[SecretsError]] | None = None) -> AbstractContextManager[None]:
    return aws_errors(known or {}, unavailable=SecretsUnavailable, failed=SecretsError)


@asynccontextmanager
async def open_secrets_manager(settings: SecretsManagerSettings) -> AsyncIterator[SecretsManager]:
    """Secrets Manager with the client that lives as long as the process."""
    async with aws_client("secretsmanager", settings.aws) as client:
        yield SecretsManager(client, settings)
