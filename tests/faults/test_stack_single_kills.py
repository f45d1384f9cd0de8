"""A real creation and conversion for each boundary, killed there and again while it recovers: with `make faults`."""

import pytest

from services.provisioner.engine import runner
from tests.faults import boundaries
from tests.faults.stack_scene import StackScene, moments, nothing_is_double_or_unknown, stack_holds
from tests.faults.test_stack_conversion import the_file_is_in_one_place, trial

FORWARD = (*runner.BOUNDARIES, *boundaries.MAKING, *boundaries.WAITING)


@pytest.mark.parametrize("name", moments("create", FORWARD))
async def test_a_creation_killed_at_one_boundary_and_while_it_recovers_is_finished(
    stack_scene: StackScene, name: str
) -> None:
    deployment_id = await stack_scene.business.wanted()
    if await stack_scene.kill_once(deployment_id, name):
        await stack_scene.kill_once(deployment_id, name)
        await stack_scene.finish(deployment_id)
    await stack_holds(stack_scene, [deployment_id])


@pytest.mark.parametrize("name", moments("convert", FORWARD))
async def test_a_conversion_killed_at_one_boundary_and_while_it_recovers_is_finished(
    stack_scene: StackScene, name: str
) -> None:
    created, content = await trial(stack_scene)
    converted = await stack_scene.business.paid()
    if await stack_scene.kill_once(converted, name):
        await stack_scene.kill_once(converted, name)
        await stack_scene.finish(converted)
    await stack_holds(stack_scene, [created, converted])
    the_file_is_in_one_place(stack_scene, content)


@pytest.mark.parametrize("number", range(boundaries.GROUPS))
@pytest.mark.parametrize("action", ["CreateRule", "CreateEmailIdentity"])
async def test_a_creation_killed_at_every_boundary_of_its_way_back_leaves_nothing(
    stack_scene: StackScene, action: str, number: int
) -> None:
    deployment_id = await stack_scene.business.wanted()
    stack_scene.fault(action, "fail_always")
    steps = [name.split(".")[1] for name in moments("create", ("x",))]
    names = [*boundaries.back(steps), *boundaries.ROLLBACK]
    await stack_scene.kill_in_turn(deployment_id, boundaries.group(names, number))
    stack_scene.mend()
    assert (await stack_scene.business.deployment(deployment_id)).status == "rolled_back"
    await nothing_is_double_or_unknown(stack_scene)
    assert {row.state for row in await stack_scene.business.living()} <= {"quarantined"}
