"""Security groups of dedicated hosts: reachable from the load balancer alone, or by rules given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_list, as_loose_list, named

if TYPE_CHECKING:
    from types_aiobotocore_ec2 import EC2Client
    from types_aiobotocore_ec2.type_defs import IpPermissionOutputTypeDef, IpPermissionTypeDef, SecurityGroupTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressRule:
    """TCP ports `first` to `last` from another security group."""

    first: int
    last: int
    source_group_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    id: str
    name: str
    ingress: frozenset[IngressRule]
    tags: dict[str, str]


class SecurityGroups:
    """Groups of one VPC, where their names are unique."""

    def __init__(self, client: "EC2Client", *, vpc_id: str) -> None:
        self._client = client
        self._vpc_id = vpc_id

    async def find(self, name: str) -> SecurityGroup | None:
        filters = [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [self._vpc_id]}]
        with cloud_errors():
            found = (await self._client.describe_security_groups(Filters=filters))["SecurityGroups"]  # type: ignore[arg-type]  # a plain dict is a FilterTypeDef
        return _group(found[0]) if found else None

    async def create(self, name: str, *, description: str, ingress: Sequence[IngressRule], tags: Tags) -> SecurityGroup:
        """Makes the group, or takes the one of that name, and adds the rules it lacks."""
        group_id = await self._create(name, description, tags)
        found = await self.find(name)
        lacking = [rule for rule in ingress if found is None or rule not in found.ingress]
        for rule in lacking:
            await self._allow(group_id, rule)
        made = await self.find(name)
        if made is None:
            raise ResourceMissing
        return made

    async def close(self, group_id: str) -> None:
        """Takes all ingress rules away. Of a group that has none, or is gone, a success."""
        try:
            with cloud_errors():
                found = (await self._client.describe_security_groups(GroupIds=[group_id]))["SecurityGroups"]
                rules = found[0].get("IpPermissions", []) if found else []
                if rules:
                    await self._client.revoke_security_group_ingress(GroupId=group_id, IpPermissions=_given_back(rules))
        except ResourceMissing:
            return

    async def tag(self, group_id: str, tags: Tags) -> None:
        with cloud_errors():
            await self._client.create_tags(Resources=[group_id], Tags=as_loose_list(tags))

    async def delete(self, name: str) -> None:
        """Raises ResourceInUse while an instance that is shutting down still has it."""
        found = await self.find(name)
        if found is None:
            return
        try:
            with cloud_errors():
                await self._client.delete_security_group(GroupId=found.id)
        except ResourceMissing:
            return

    async def _create(self, name: str, description: str, tags: Tags) -> str:
        tag_list = [{"ResourceType": "security-group", "Tags": as_list(named(name, tags))}]
        try:
            with cloud_errors():
                made = await self._client.create_security_group(
                    GroupName=name,
                    Description=description,
                    VpcId=self._vpc_id,
                    TagSpecifications=tag_list,  # type: ignore[arg-type]  # a plain dict is a TagSpecificationTypeDef
                )
            return made["GroupId"]
        except ResourceExists:
            found = await self.find(name)
            if found is None:
                raise
            return found.id

    async def _allow(self, group_id: str, rule: IngressRule) -> None:
        permission: IpPermissionTypeDef = {
            "IpProtocol": "tcp",
            "FromPort": rule.first,
            "ToPort": rule.last,
            "UserIdGroupPairs": [{"GroupId": rule.source_group_id}],
        }
        try:
            with cloud_errors():
                await self._client.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])
        except ResourceExists:
            return


def _given_back(rules: "Sequence[IpPermissionOutputTypeDef]") -> "list[IpPermissionTypeDef]":
    """Rules as they are described, with what names them: the group they let in, by its id alone."""
    return [
        {
            "IpProtocol": rule["IpProtocol"],
            "FromPort": rule["FromPort"],
            "ToPort": rule["ToPort"],
            "UserIdGroupPairs": [{"GroupId": pair["GroupId"]} for pair in rule["UserIdGroupPairs"]],
        }
        for rule in rules
    ]


def _group(found: "SecurityGroupTypeDef") -> SecurityGroup:
    rules = frozenset(
        IngressRule(first=rule["FromPort"], last=rule["ToPort"], source_group_id=pair["GroupId"])
        for rule in found.get("IpPermissions", [])
        for pair in rule.get("UserIdGroupPairs", [])
        if "FromPort" in rule and "ToPort" in rule
    )
    return SecurityGroup(
        id=found["GroupId"], name=found["GroupName"], ingress=rules, tags=as_dict(found.get("Tags", []))
    )
