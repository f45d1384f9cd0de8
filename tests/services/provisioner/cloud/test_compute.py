"""Instances: started once by name and token, found in every state that lives, terminated for good."""

import asyncio

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.instances import InstanceOrder
from services.provisioner.cloud.user_data import AgentBootstrap, parse_user_data, render_user_data
from tests.support.emulated_cloud import EmulatedCloud

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
BOOTSTRAP = AgentBootstrap(control_plane_url="http://127.0.0.1:9", token="once-only", memory_mib=4096)


async def order(cloud: Cloud, name: str, tags: dict[str, str]) -> InstanceOrder:
    account = cloud.account
    role = await cloud.roles.create(name, boundary_arn=account.permission_boundary_arn, policy=POLICY, tags=tags)
    assert role.profile_arn is not None
    return InstanceOrder(
        image_id=account.image_id,
        instance_type="t3.large",
        subnet_id=account.subnet_ids[0],
        security_group_ids=[account.load_balancer_security_group_id],
        profile_arn=role.profile_arn,
        user_data=render_user_data(BOOTSTRAP),
        volume_gib=30,
    )


async def test_an_instance_is_started_once_however_often_it_is_asked_for(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    wanted = await order(cloud, name, tags)

    first = await cloud.instances.create(name, wanted, client_token=f"token-{name}", tags=tags)
    second = await cloud.instances.create(name, wanted, client_token=f"token-{name}", tags=tags)

    assert first.id == second.id
    assert first.instance_type == "t3.large"
    assert first.tags.items() >= tags.items()
    assert emulated.listed("instance", name) == [first.id]


async def test_two_who_ask_at_the_same_time_get_one_instance(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    wanted = await order(cloud, name, tags)

    made = await asyncio.gather(
        *(cloud.instances.create(name, wanted, client_token=f"token-{name}", tags=tags) for _ in range(3))
    )

    assert emulated.listed("instance", name) == [made[0].id]


async def test_a_call_that_failed_after_its_effect_makes_no_second_instance(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    wanted = await order(cloud, name, tags)
    emulated.ask("POST", "faults", {"action": "RunInstances", "mode": "fail_after_effect", "match": name})
    refused = False
    try:
        await cloud.instances.create(name, wanted, client_token=f"token-{name}", tags=tags)
    except Exception as error:  # noqa: BLE001  whatever it is, the next attempt must adopt
        refused = getattr(error, "retryable", False)
    assert refused

    adopted = await cloud.instances.create(name, wanted, client_token=f"token-{name}", tags=tags)

    assert emulated.listed("instance", name) == [adopted.id]


async def test_a_terminated_instance_is_no_longer_found_by_its_name(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    made = await cloud.instances.create(name, await order(cloud, name, tags), client_token=f"t-{name}", tags=tags)
    await cloud.instances.stop(made.id)
    stopped = await cloud.instances.find(name)
    assert stopped is not None
    assert stopped.state == "stopped"

    await cloud.instances.delete(made.id)
    await cloud.instances.delete(made.id)
    await cloud.instances.delete("i-0123456789abcdef0")

    assert await cloud.instances.find(name) is None
    gone = await cloud.instances.get(made.id)
    assert gone is not None
    assert gone.state == "terminated"
    assert await cloud.instances.get("i-0123456789abcdef0") is None


def test_user_data_gives_back_the_bootstrap_it_was_made_from() -> None:
    script = render_user_data(BOOTSTRAP)

    assert script.startswith("#!/bin/sh\n")
    assert parse_user_data(script) == BOOTSTRAP
