"""A real conversion to a plan with an RDS instance on the emulated account, and back to the trial when it cannot be."""

from collections.abc import AsyncIterator

import pytest

from libs.contracts.hosts import StackBundle
from services.provisioner.cloud.cloud import Cloud, open_cloud
from services.provisioner.cloud.security_groups import IngressRule
from services.provisioner.hosts.placement import list_placements
from tests.faults.stack_scene import StackScene, nothing_is_double_or_unknown, stack_holds, stack_is_usable, succeeds
from tests.faults.test_stack_conversion import the_file_is_in_one_place, trial


@pytest.fixture
async def cloud(stack_scene: StackScene) -> AsyncIterator[Cloud]:
    async with open_cloud(stack_scene.sandbox.world.provisioner().cloud) as opened:
        yield opened


def bundle(scene: StackScene) -> StackBundle:
    [path] = scene.sandbox.hosts.glob(f"*/stacks/{scene.business.slug}/bundle.json")
    return StackBundle.model_validate_json(path.read_bytes())


async def test_the_apps_of_an_enterprise_stack_use_its_rds_instance(stack_scene: StackScene, cloud: Cloud) -> None:
    created, content = await trial(stack_scene)
    converted = await stack_scene.business.paid("enterprise")
    await succeeds(stack_scene, converted)

    await stack_holds(stack_scene, [created, converted])
    the_file_is_in_one_place(stack_scene, content)
    name = f"stackpro-{stack_scene.business.slug}"
    database, host_group = await cloud.databases.find(name), await cloud.security_groups.find(name)
    access = await cloud.security_groups.find(f"{name}-db")
    assert database is not None
    assert access is not None
    assert host_group is not None
    assert database.security_group_ids == {access.id}
    assert access.ingress == {IngressRule(first=3306, last=3306, source_group_id=host_group.id)}
    apps = {app.name: app for app in bundle(stack_scene).apps}
    assert apps["crm"].environment["ESPOCRM_DATABASE_HOST"] == database.host
    assert apps["mysql"].title == "MySQL client"
    business, stack = stack_scene.business, await stack_scene.business.stack()
    async with business.database.tenant_session(business.tenant_id) as session:
        [place] = await list_placements(session, stack.id)
    assert place.memory_mib == bundle(stack_scene).memory_mib


async def test_an_instance_that_was_made_for_nothing_is_kept_and_closed(stack_scene: StackScene, cloud: Cloud) -> None:
    _, content = await trial(stack_scene)
    converted = await stack_scene.business.paid("enterprise")
    stack_scene.fault("ModifyRule", "fail_always")
    ended = await stack_scene.finish(converted, hurry=True)

    assert ended.status == "rolled_back", ended.message
    the_file_is_in_one_place(stack_scene, content)
    await nothing_is_double_or_unknown(stack_scene)
    await stack_is_usable(stack_scene)
    assert {app.name: app.title for app in bundle(stack_scene).apps}["mysql"] == "MySQL"
    name = f"stackpro-{stack_scene.business.slug}"
    access = await cloud.security_groups.find(f"{name}-db")
    assert await cloud.databases.find(name) is not None
    assert access is not None
    assert access.ingress == frozenset()
    kept = {row.name: row.state for row in await stack_scene.business.living() if row.name in {name, f"{name}-db"}}
    assert kept[f"{name}-db"] == "quarantined"

    stack_scene.mend()
    retried = await stack_scene.business.retried(converted)
    await succeeds(stack_scene, retried)
    the_file_is_in_one_place(stack_scene, content)
    opened = await cloud.security_groups.find(f"{name}-db")
    assert opened is not None
    assert len(opened.ingress) == 1
