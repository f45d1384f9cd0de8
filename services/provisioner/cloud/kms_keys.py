"""The KMS key of a stack: found by its alias, rotated yearly, and only ever scheduled for deletion."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tagged_resources import TaggedResources
from services.provisioner.cloud.tags import Tags, named

if TYPE_CHECKING:
    from types_aiobotocore_kms import KMSClient

SOONEST_DELETION_DAYS = 7
GONE = ("PendingDeletion", "PendingReplicaDeletion")


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey:
    """`alias` without the prefix `alias/`. `rotated` says whether AWS replaces the key material every year."""

    id: str
    arn: str
    alias: str
    rotated: bool


class KmsKeys:
    def __init__(self, client: "KMSClient", tagged: TaggedResources) -> None:
        self._client = client
        self._tagged = tagged

    async def find(self, alias: str) -> KmsKey | None:
        """The key that the alias names, unless it awaits its deletion."""
        try:
            with cloud_errors():
                found = (await self._client.describe_key(KeyId=f"alias/{alias}"))["KeyMetadata"]
                if found.get("KeyState") in GONE:
                    return None
                rotation = await self._client.get_key_rotation_status(KeyId=found["KeyId"])
        except ResourceMissing:
            return None
        return KmsKey(id=found["KeyId"], arn=found["Arn"], alias=alias, rotated=rotation["KeyRotationEnabled"])

    async def create(self, alias: str, *, description: str, tags: Tags) -> KmsKey:
        """KMS knows no client token, so a key left without its alias by a crash is found by its tags and adopted."""
        found = await self.find(alias)
        key_id = (
            found.id if found else await self._without_alias(alias, tags) or await self._make(alias, description, tags)
        )
        await self._name(key_id, alias)
        with cloud_errors():
            await self._client.enable_key_rotation(KeyId=key_id)
        made = await self.find(alias)
        if made is None:
            raise ResourceMissing
        return made

    async def tag(self, key_id: str, tags: Tags) -> None:
        listed = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
        with cloud_errors():
            await self._client.tag_resource(KeyId=key_id, Tags=listed)  # type: ignore[arg-type]  # plain dicts are TagTypeDefs

    async def delete(self, alias: str, *, days: int = 30) -> None:
        """Schedules the deletion in `days` (7 to 30), during which it can be undone, and frees the alias."""
        found = await self.find(alias)
        if found is not None:
            with cloud_errors():
                await self._client.schedule_key_deletion(
                    KeyId=found.id, PendingWindowInDays=max(days, SOONEST_DELETION_DAYS)
                )
        try:
            with cloud_errors():
                await self._client.delete_alias(AliasName=f"alias/{alias}")
        except ResourceMissing:
            return

    async def _make(self, alias: str, description: str, tags: Tags) -> str:
        listed = [{"TagKey": key, "TagValue": value} for key, value in named(alias, tags).items()]
        with cloud_errors():
            made = await self._client.create_key(Description=description, Tags=listed)  # type: ignore[arg-type]  # plain dicts are TagTypeDefs
        return made["KeyMetadata"]["KeyId"]

    async def _without_alias(self, alias: str, tags: Tags) -> str | None:
        for resource in await self._tagged.list(named(alias, tags), kinds=["kms:key"]):
            with cloud_errors():
                found = (await self._client.describe_key(KeyId=resource.arn))["KeyMetadata"]
            if found.get("KeyState") not in GONE:
                return found["KeyId"]
        return None

    async def _name(self, key_id: str, alias: str) -> None:
        try:
            with cloud_errors():
                await self._client.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key_id)
        except ResourceExists:
            with cloud_errors():
                await self._client.update_alias(AliasName=f"alias/{alias}", TargetKeyId=key_id)
