"""One run for each boundary, killed there twice and again while it recovers. Takes long: only with `make faults`."""

import pytest

from tests.faults import boundaries
from tests.faults.scene import Scene, holds
from tests.faults.test_kills import STEPS, wanted, was_taken_back


@pytest.mark.parametrize("name", [*boundaries.CLAIM, *boundaries.forward(STEPS["convert"]), *boundaries.FINISH])
async def test_a_worker_killed_at_one_boundary_is_succeeded_by_workers_killed_while_they_recover(
    scene: Scene, name: str
) -> None:
    deployments = await wanted(scene, "convert")
    scene.world.delay(name.split(".")[1], 1)
    await scene.kill_once(deployments[-1], name)
    await scene.kill_once(deployments[-1], name)
    recovery = [*boundaries.forward(STEPS["convert"]), *boundaries.FINISH]
    after = recovery[recovery.index(name) + 1 :] if name in recovery else recovery
    await scene.kill_in_turn(deployments[-1], after[:: boundaries.GROUPS * 2])
    await holds(scene, deployments)


@pytest.mark.parametrize("name", [*boundaries.back(STEPS["create"]), *boundaries.ROLLBACK])
async def test_a_worker_killed_on_the_way_back_is_succeeded_by_one_killed_there_too(scene: Scene, name: str) -> None:
    [deployment_id] = await wanted(scene, "create")
    scene.world.fail("make make_verify", "after", permanent=True)
    await scene.kill_once(deployment_id, name)
    await scene.kill_once(deployment_id, name)
    await scene.finish(deployment_id)
    await was_taken_back(scene, deployment_id)
