"""Tags of things that stand: changed where they say another plan, kept where they say anything else."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.databases import DatabaseOrder
from services.provisioner.cloud.instances import InstanceOrder
from tests.support.emulated_cloud import EmulatedCloud

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
Maker = Callable[[Cloud, str, dict[str, str]], Awaitable[str]]
"""Makes one thing and returns the id that the ledger has of it."""


async def group(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.security_groups.create(name, description="A stack's", ingress=[], tags=tags)).id


async def role(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    boundary = cloud.account.permission_boundary_arn
    return (await cloud.roles.create(name, boundary_arn=boundary, policy=POLICY, tags=tags)).name


async def key(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.kms_keys.create(name, description="A stack's", tags=tags)).id


async def bucket(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.buckets.create(name, kms_key_id="key", tags=tags)).name


async def certificate(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.certificates.create(f"{name}.localhost", client_token=name, tags=tags)).arn


async def target_group(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.load_balancing.create_target_group(name, port=80, health_path="/ping", tags=tags)).arn


async def identity(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    return (await cloud.mail_identities.create(f"{name}.localhost", tags=tags)).domain


async def instance(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    boundary, others = cloud.account.permission_boundary_arn, {**tags, "Tenant": "platform"}
    profile = await cloud.roles.create(name, boundary_arn=boundary, policy=POLICY, tags=others)
    assert profile.profile_arn is not None
    order = InstanceOrder(
        image_id=cloud.account.image_id,
        instance_type="t3.medium",
        subnet_id=cloud.account.subnet_ids[0],
        security_group_ids=[cloud.account.load_balancer_security_group_id],
        profile_arn=profile.profile_arn,
        user_data="#!/bin/sh",
        volume_gib=8,
    )
    return (await cloud.instances.create(name, order, client_token=name, tags=tags)).id


async def database(cloud: Cloud, name: str, tags: dict[str, str]) -> str:
    order = DatabaseOrder(
        engine="mysql",
        engine_version="8.4",
        instance_class="db.t3.medium",
        storage_gib=50,
        user="stackpro",
        password="a-long-password",
        security_group_ids=[cloud.account.load_balancer_security_group_id],
        kms_key_id="key",
    )
    return (await cloud.databases.create(name, order, tags=tags)).name


@pytest.mark.parametrize(
    ("make", "port"),
    [
        (group, "security_groups"),
        (role, "roles"),
        (key, "kms_keys"),
        (bucket, "buckets"),
        (certificate, "certificates"),
        (target_group, "load_balancing"),
        (identity, "mail_identities"),
        (instance, "instances"),
        (database, "databases"),
    ],
)
async def test_a_thing_that_stands_is_tagged_for_another_plan(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str], make: Maker, port: str
) -> None:
    external_id = await make(cloud, name, tags)
    tagger: Any = getattr(cloud, port)

    for _ in range(2):
        await tagger.tag(external_id, {**tags, "Plan": "enterprise"})

    found = [each for each in _inventory(emulated) if each["tags"].get("Tenant") == tags["Tenant"]]
    assert found
    assert {each["tags"]["Plan"] for each in found} == {"enterprise"}
    kept = {key: value for key, value in tags.items() if key != "Plan"}
    assert all(each["tags"].items() >= kept.items() and each["tags"]["Name"] for each in found)


def _inventory(emulated: EmulatedCloud) -> list[dict[str, Any]]:
    found = emulated.ask("GET", "inventory")
    assert isinstance(found, list)
    return found
