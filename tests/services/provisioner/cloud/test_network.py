"""Security groups, roles and keys: made once, completed when half made, gone when deleted."""

import pytest

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.security_groups import IngressRule
from tests.support.emulated_cloud import EmulatedCloud

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


async def test_a_security_group_is_made_once_with_its_rules_and_tags(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    rule = IngressRule(first=8000, last=8999, source_group_id=cloud.account.load_balancer_security_group_id)
    assert await cloud.security_groups.find(name) is None

    first = await cloud.security_groups.create(name, description="A stack", ingress=[rule], tags=tags)
    second = await cloud.security_groups.create(name, description="A stack", ingress=[rule], tags=tags)

    assert first == second == await cloud.security_groups.find(name)
    assert first.ingress == {rule}
    assert first.tags.items() >= tags.items()
    assert emulated.listed("security_group", name) == [first.id]


async def test_a_security_group_left_without_rules_by_a_crash_gets_them(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    rule = IngressRule(first=80, last=80, source_group_id=cloud.account.load_balancer_security_group_id)
    await cloud.security_groups.create(name, description="A stack", ingress=[], tags=tags)

    completed = await cloud.security_groups.create(name, description="A stack", ingress=[rule], tags=tags)

    assert completed.ingress == {rule}


async def test_deleting_a_security_group_twice_succeeds(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    await cloud.security_groups.create(name, description="A stack", ingress=[], tags=tags)

    await cloud.security_groups.delete(name)
    await cloud.security_groups.delete(name)

    assert await cloud.security_groups.find(name) is None


async def test_a_role_has_its_boundary_its_profile_and_its_tags(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    boundary = cloud.account.permission_boundary_arn
    assert await cloud.roles.find(name) is None

    first = await cloud.roles.create(name, boundary_arn=boundary, policy=POLICY, tags=tags)
    second = await cloud.roles.create(name, boundary_arn=boundary, policy=POLICY, tags=tags)

    assert first == second
    assert first.boundary_arn == boundary
    assert first.profile_arn is not None
    assert first.tags.items() >= tags.items()
    assert len(emulated.listed("role", name)) == len(emulated.listed("instance_profile", name)) == 1


async def test_a_deleted_role_leaves_neither_profile_nor_policy_behind(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    await cloud.roles.create(name, boundary_arn=cloud.account.permission_boundary_arn, policy=POLICY, tags=tags)

    await cloud.roles.delete(name)
    await cloud.roles.delete(name)

    assert await cloud.roles.find(name) is None
    assert emulated.listed("role", name) == emulated.listed("instance_profile", name) == []


async def test_a_key_is_found_by_its_alias_and_rotated(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    first = await cloud.kms_keys.create(name, description="A stack's key", tags=tags)
    second = await cloud.kms_keys.create(name, description="A stack's key", tags=tags)

    assert first == second == await cloud.kms_keys.find(name)
    assert first.rotated


async def test_a_key_left_without_alias_by_a_crash_is_adopted(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    emulated.ask("POST", "faults", {"action": "CreateAlias", "mode": "fail_once", "match": name})
    with pytest.raises(Exception, match="cloud_unavailable"):
        await cloud.kms_keys.create(name, description="A stack's key", tags=tags)

    key = await cloud.kms_keys.create(name, description="A stack's key", tags=tags)

    made = [each for each in await cloud.tagged_resources.list({"Name": name}) if ":key/" in each.arn]
    assert [each.arn for each in made] == [key.arn]


async def test_a_deleted_key_awaits_its_deletion_and_its_alias_is_free(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    first = await cloud.kms_keys.create(name, description="A stack's key", tags=tags)

    await cloud.kms_keys.delete(name)
    await cloud.kms_keys.delete(name)

    assert await cloud.kms_keys.find(name) is None
    assert (await cloud.kms_keys.create(name, description="Another", tags=tags)).id != first.id


async def test_a_group_that_was_closed_lets_nobody_in_until_it_is_made_again(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    rule = IngressRule(first=3306, last=3306, source_group_id=cloud.account.load_balancer_security_group_id)
    made = await cloud.security_groups.create(name, description="A database's", ingress=[rule], tags=tags)

    for _ in range(2):
        await cloud.security_groups.close(made.id)
    closed = await cloud.security_groups.find(name)
    opened = await cloud.security_groups.create(name, description="A database's", ingress=[rule], tags=tags)

    assert closed is not None
    assert closed.ingress == frozenset()
    assert opened.ingress == {rule}
    await cloud.security_groups.delete(name)
    await cloud.security_groups.close(made.id)
