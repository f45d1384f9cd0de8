"""RDS instances for plans that have a database of their own: encrypted, private, deleted with a final snapshot only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_loose_list, named

if TYPE_CHECKING:
    from types_aiobotocore_rds import RDSClient
    from types_aiobotocore_rds.type_defs import CreateDBInstanceMessageTypeDef, DBInstanceTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseInstance:
    """`status` is RDS's word (`creating`, `available`, `deleting` ...); there is no endpoint until it is available."""

    name: str
    arn: str
    status: str
    host: str | None
    port: int | None
    security_group_ids: frozenset[str]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOrder:
    """What to create; `kept_backup_days` are RDS's own daily backups."""

    engine: str
    engine_version: str
    instance_class: str
    storage_gib: int
    user: str
    password: str
    security_group_ids: Sequence[str]
    kms_key_id: str
    kept_backup_days: int = 7


class Databases:
    """`subnet_group` names the subnets the instances live in; null is the account's default."""

    def __init__(self, client: "RDSClient", *, subnet_group: str | None) -> None:
        self._client = client
        self._subnet_group = subnet_group

    async def find(self, name: str) -> DatabaseInstance | None:
        try:
            with cloud_errors():
                found = (await self._client.describe_db_instances(DBInstanceIdentifier=name))["DBInstances"]
        except ResourceMissing:
            return None
        return _database(found[0]) if found else None

    async def create(self, name: str, order: DatabaseOrder, *, tags: Tags) -> DatabaseInstance:
        """Begins to create it, or takes the one of that name; it takes minutes until it is available."""
        try:
            with cloud_errors():
                await self._client.create_db_instance(**self._request(name, order, tags))
        except ResourceExists:
            pass  # adopted: names of one account are ours, and unique
        made = await self.find(name)
        if made is None:
            raise ResourceMissing
        return made

    async def put_into(self, name: str, security_group_ids: Sequence[str]) -> None:
        """The instance is in these security groups from now on, and in no other."""
        with cloud_errors():
            await self._client.modify_db_instance(
                DBInstanceIdentifier=name, VpcSecurityGroupIds=list(security_group_ids), ApplyImmediately=True
            )

    async def tag(self, name: str, tags: Tags) -> None:
        """Raises ResourceMissing."""
        found = await self.find(name)
        if found is None:
            raise ResourceMissing
        with cloud_errors():
            await self._client.add_tags_to_resource(ResourceName=found.arn, Tags=as_loose_list(tags))

    async def delete(self, name: str, *, final_snapshot: str) -> None:
        """Begins to delete it after a last snapshot of that name, which stays."""
        found = await self.find(name)
        if found is None or found.status == "deleting":
            return
        try:
            with cloud_errors():
                await self._client.delete_db_instance(
                    DBInstanceIdentifier=name, SkipFinalSnapshot=False, FinalDBSnapshotIdentifier=final_snapshot
                )
        except ResourceMissing:
            return

    def _request(self, name: str, order: DatabaseOrder, tags: Tags) -> "CreateDBInstanceMessageTypeDef":
        request: CreateDBInstanceMessageTypeDef = {
            "DBInstanceIdentifier": name,
            "DBInstanceClass": order.instance_class,
            "Engine": order.engine,
            "EngineVersion": order.engine_version,
            "AllocatedStorage": order.storage_gib,
            "MasterUsername": order.user,
            "MasterUserPassword": order.password,
            "VpcSecurityGroupIds": list(order.security_group_ids),
            "StorageEncrypted": True,
            "KmsKeyId": order.kms_key_id,
            "BackupRetentionPeriod": order.kept_backup_days,
            "PubliclyAccessible": False,
            "CopyTagsToSnapshot": True,
            "Tags": as_loose_list(named(name, tags)),
        }
        if self._subnet_group is not None:
            request["DBSubnetGroupName"] = self._subnet_group
        return request


def _database(found: "DBInstanceTypeDef") -> DatabaseInstance:
    endpoint = found.get("Endpoint", {})
    return DatabaseInstance(
        name=found["DBInstanceIdentifier"],
        arn=found["DBInstanceArn"],
        status=found["DBInstanceStatus"],
        host=endpoint.get("Address"),
        port=endpoint.get("Port"),
        security_group_ids=frozenset(
            group["VpcSecurityGroupId"] for group in found.get("VpcSecurityGroups", []) if "VpcSecurityGroupId" in group
        ),
        tags=as_dict(found.get("TagList", [])),
    )
