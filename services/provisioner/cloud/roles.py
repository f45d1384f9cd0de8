"""The IAM role of a stack's host, held inside a permission boundary, with the instance profile that carries it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_list, named

if TYPE_CHECKING:
    from types_aiobotocore_iam import IAMClient

POLICY_NAME = "stack"
EC2_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`profile_arn` is null while the instance profile is not complete, `boundary_arn` while there is no boundary."""

    name: str
    arn: str
    profile_arn: str | None
    boundary_arn: str | None
    tags: dict[str, str]


class Roles:
    """Roles and instance profiles; a profile has the name of its role."""

    def __init__(self, client: "IAMClient") -> None:
        self._client = client

    async def find(self, name: str) -> Role | None:
        try:
            with cloud_errors():
                role = (await self._client.get_role(RoleName=name))["Role"]
        except ResourceMissing:
            return None
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return Role(
            name=name,
            arn=role["Arn"],
            profile_arn=await self._complete_profile(name),
            boundary_arn=boundary,
            tags=as_dict(role.get("Tags", [])),
        )

    async def create(self, name: str, *, boundary_arn: str, policy: Mapping[str, object], tags: Tags) -> Role:
        """Makes role, inline policy and profile, or completes what is there. `policy` is the policy document."""
        await self._create_role(name, boundary_arn, tags)
        with cloud_errors():
            await self._client.put_role_policy(RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=json.dumps(policy))
        await self._create_profile(name, tags)
        made = await self.find(name)
        if made is None:
            raise ResourceMissing
        return made

    async def tag(self, name: str, tags: Tags) -> None:
        """The role and its instance profile."""
        with cloud_errors():
            await self._client.tag_role(RoleName=name, Tags=as_list(tags))
            await self._client.tag_instance_profile(InstanceProfileName=name, Tags=as_list(tags))

    async def delete(self, name: str) -> None:
        """Removes profile, policies and role, whichever of them are left."""
        for remove in (self._remove_from_profile, self._delete_profile, self._delete_policies, self._delete_role):
            try:
                with cloud_errors():
                    await remove(name)
            except ResourceMissing:
                continue

    async def _create_role(self, name: str, boundary_arn: str, tags: Tags) -> None:
        try:
            with cloud_errors():
                await self._client.create_role(
                    RoleName=name,
                    AssumeRolePolicyDocument=EC2_TRUST,
                    PermissionsBoundary=boundary_arn,
                    Tags=as_list(named(name, tags)),
                )
        except ResourceExists:
            with cloud_errors():
                await self._client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary_arn)

    async def _create_profile(self, name: str, tags: Tags) -> None:
        if await self._complete_profile(name) is not None:
            return
        try:
            with cloud_errors():
                await self._client.create_instance_profile(InstanceProfileName=name, Tags=as_list(named(name, tags)))
        except ResourceExists:
            pass  # left by an attempt that ended here
        with cloud_errors():
            await self._client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

    async def _complete_profile(self, name: str) -> str | None:
        try:
            with cloud_errors():
                profile = (await self._client.get_instance_profile(InstanceProfileName=name))["InstanceProfile"]
        except ResourceMissing:
            return None
        complete = any(role["RoleName"] == name for role in profile["Roles"])
        return profile["Arn"] if complete else None

    async def _remove_from_profile(self, name: str) -> None:
        await self._client.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)

    async def _delete_profile(self, name: str) -> None:
        await self._client.delete_instance_profile(InstanceProfileName=name)

    async def _delete_policies(self, name: str) -> None:
        for policy in (await self._client.list_role_policies(RoleName=name))["PolicyNames"]:
            await self._client.delete_role_policy(RoleName=name, PolicyName=policy)
        for attached in (await self._client.list_attached_role_policies(RoleName=name))["AttachedPolicies"]:
            await self._client.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])

    async def _delete_role(self, name: str) -> None:
        await self._client.delete_role(RoleName=name)
