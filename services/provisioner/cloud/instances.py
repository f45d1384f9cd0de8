"""EC2 instances that host stacks: one per name, started once however often it is asked for."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from services.provisioner.cloud.errors import ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_loose_list, named

if TYPE_CHECKING:
    from types_aiobotocore_ec2 import EC2Client
    from types_aiobotocore_ec2.literals import InstanceTypeType
    from types_aiobotocore_ec2.type_defs import FilterTypeDef, InstanceTypeDef

InstanceState = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]
LIVING = ("pending", "running", "stopping", "stopped")
ROOT_DEVICE = "/dev/xvda"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    id: str
    name: str
    state: InstanceState
    instance_type: str
    private_ip: str | None
    launched_at: datetime
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOrder:
    """What to start. `volume_gib` is the root volume's size; it is encrypted, with `kms_key_id` or the account's key.

    `user_data` is text of at most 16 KiB (EC2 User Guide, "User data").
    """

    image_id: str
    instance_type: str
    subnet_id: str
    security_group_ids: Sequence[str]
    profile_arn: str
    user_data: str
    volume_gib: int
    kms_key_id: str | None = None


class Instances:
    def __init__(self, client: "EC2Client") -> None:
        self._client = client

    async def find(self, name: str) -> Instance | None:
        """The living instance whose tag `Name` is `name`; the oldest should there be two."""
        found = await self._list(
            [
                {"Name": "tag:Name", "Values": [name]},
                {"Name": "tag:ManagedBy", "Values": ["stackpro"]},
                {"Name": "instance-state-name", "Values": LIVING},
            ]
        )
        return min(found, key=lambda instance: (instance.launched_at, instance.id), default=None)

    async def get(self, instance_id: str) -> Instance | None:
        """The instance in whatever state; None some time after it was terminated."""
        try:
            found = await self._list([{"Name": "instance-id", "Values": [instance_id]}])
        except ResourceMissing:
            return None
        return found[0] if found else None

    async def create(self, name: str, order: InstanceOrder, *, client_token: str, tags: Tags) -> Instance:
        """Starts the instance, or takes the living one of that name.

        The name is looked for first because a client token holds for a day only, and never after its instance was
        terminated (EC2 API Reference, "Ensuring idempotency"); the token covers the moment until the tag is seen.
        """
        found = await self.find(name)
        if found is not None:
            return found
        with cloud_errors():
            made = await self._run(name, order, client_token, tags)
        return _instance(made)

    async def start(self, instance_id: str) -> None:
        with cloud_errors():
            await self._client.start_instances(InstanceIds=[instance_id])

    async def stop(self, instance_id: str) -> None:
        with cloud_errors():
            await self._client.stop_instances(InstanceIds=[instance_id])

    async def tag(self, instance_id: str, tags: Tags) -> None:
        """The instance and its volumes."""
        attached: list[FilterTypeDef] = [{"Name": "attachment.instance-id", "Values": [instance_id]}]
        with cloud_errors():
            found = await self._client.describe_volumes(Filters=attached)
            volumes = [volume["VolumeId"] for volume in found["Volumes"]]
            await self._client.create_tags(Resources=[instance_id, *volumes], Tags=as_loose_list(tags))

    async def delete(self, instance_id: str) -> None:
        """Terminates it: its disk goes with it. `get` tells when that is done."""
        try:
            with cloud_errors():
                await self._client.terminate_instances(InstanceIds=[instance_id])
        except ResourceMissing:
            return

    async def _list(self, filters: "list[FilterTypeDef]") -> list[Instance]:
        found: list[Instance] = []
        with cloud_errors():
            async for page in self._client.get_paginator("describe_instances").paginate(Filters=filters):
                found += [_instance(each) for group in page["Reservations"] for each in group.get("Instances", [])]
        return found

    async def _run(self, name: str, order: InstanceOrder, client_token: str, tags: Tags) -> "InstanceTypeDef":
        tag_list = as_loose_list(named(name, tags))
        disk = {"VolumeSize": order.volume_gib, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
        if order.kms_key_id is not None:
            disk["KmsKeyId"] = order.kms_key_id
        made = await self._client.run_instances(
            ImageId=order.image_id,
            InstanceType=cast("InstanceTypeType", order.instance_type),
            MinCount=1,
            MaxCount=1,
            ClientToken=client_token,
            SubnetId=order.subnet_id,
            SecurityGroupIds=list(order.security_group_ids),
            IamInstanceProfile={"Arn": order.profile_arn},
            UserData=order.user_data,
            MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"},
            BlockDeviceMappings=[{"DeviceName": ROOT_DEVICE, "Ebs": disk}],  # type: ignore[typeddict-item]  # a plain dict is an EbsBlockDeviceTypeDef
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": tag_list},
                {"ResourceType": "volume", "Tags": tag_list},
            ],
        )
        return made["Instances"][0]


def decode_user_data(text: str) -> str:
    """User data as the API returns it (base64) as text."""
    return base64.b64decode(text).decode()


def _instance(found: "InstanceTypeDef") -> Instance:
    tags = as_dict(found.get("Tags", []))
    return Instance(
        id=found["InstanceId"],
        name=tags.get("Name", ""),
        state=found["State"]["Name"],
        instance_type=found["InstanceType"],
        private_ip=found.get("PrivateIpAddress"),
        launched_at=found["LaunchTime"],
        tags=tags,
    )
