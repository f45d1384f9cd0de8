"""A stack's secrets in Secrets Manager: one JSON object per name, under the stack's key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import CallRejected, ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_loose_list, named

if TYPE_CHECKING:
    from types_aiobotocore_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret is; its value is read apart."""

    name: str
    arn: str
    kms_key_id: str | None
    tags: dict[str, str]


class SecretsManager:
    def __init__(self, client: "SecretsManagerClient") -> None:
        self._client = client

    async def find(self, name: str) -> Secret | None:
        """None also while it awaits its deletion."""
        try:
            with cloud_errors():
                found = await self._client.describe_secret(SecretId=name)
        except ResourceMissing:
            return None
        if found.get("DeletedDate") is not None:
            return None
        return Secret(
            name=found["Name"],
            arn=found["ARN"],
            kms_key_id=found.get("KmsKeyId"),
            tags=as_dict(found.get("Tags", [])),
        )

    async def create(
        self, name: str, values: Mapping[str, str], *, kms_key_id: str, client_token: str, tags: Tags
    ) -> Secret:
        """Makes the secret. One that is there keeps its value: others have read it already.

        One that awaits its deletion is restored with the new value. `client_token` has 32 to 64 characters.
        """
        text = json.dumps(dict(values))
        try:
            with cloud_errors():
                await self._client.create_secret(
                    Name=name,
                    SecretString=text,
                    KmsKeyId=kms_key_id,
                    ClientRequestToken=client_token,
                    Tags=as_loose_list(named(name, tags)),
                )
        except ResourceExists:
            if await self.find(name) is None:
                await self._restore(name, text)
        except CallRejected as error:
            if error.aws_code != "InvalidRequestException":  # so AWS answers for a name that awaits its deletion
                raise
            await self._restore(name, text)
        made = await self.find(name)
        if made is None:
            raise ResourceMissing
        return made

    async def read(self, name: str) -> dict[str, str]:
        """Raises ResourceMissing."""
        with cloud_errors():
            found = await self._client.get_secret_value(SecretId=name)
        return {str(key): str(value) for key, value in json.loads(found["SecretString"]).items()}

    async def delete(self, name: str, *, recovery_days: int = 7) -> None:
        """Out of use at once, gone after `recovery_days` (7 to 30)."""
        if await self.find(name) is None:
            return
        try:
            with cloud_errors():
                await self._client.delete_secret(SecretId=name, RecoveryWindowInDays=recovery_days)
        except ResourceMissing:
            return

    async def _restore(self, name: str, text: str) -> None:
        with cloud_errors():
            await self._client.restore_secret(SecretId=name)
            await self._client.put_secret_value(SecretId=name, SecretString=text)
