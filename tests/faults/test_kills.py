"""`kill -9` of the worker at every boundary of a creation, of a conversion, and of the way back, in a world of
steps that count what is asked of them. `make test` takes a sample here: it kills at every moment of a real creation and
a real conversion (`test_stack_creation`, `test_stack_conversion`)."""

import itertools
from collections import Counter
from uuid import UUID

import pytest

from services.provisioner.engine import rollback, runner
from services.provisioner.engine.step import PHASES
from tests.faults import boundaries
from tests.faults.boundaries import all_or_first
from tests.faults.scene import Scene, holds, nothing_is_double_or_unknown

STEPS = {
    "create": [f"make_{phase}" for phase in PHASES],
    "convert": [*(f"make_{phase}" for phase in PHASES), "pivot", "after_pivot"],
}
MADE_ONCE = {"before_ensure", "after_ensure", *boundaries.MAKING}


async def wanted(scene: Scene, kind: str) -> list[UUID]:
    """A deployment of that kind, queued; with the one that had to go before it."""
    created = await scene.tenancy.created()
    assert created is not None
    if kind == "create":
        return [created]
    await scene.finish(created)
    converted = await scene.tenancy.activated()
    assert converted is not None
    return [created, converted]


@pytest.mark.parametrize(
    ("kind", "number"), all_or_first(*itertools.product(["convert", "create"], range(boundaries.GROUPS)))
)
async def test_workers_that_are_killed_at_every_boundary_bring_it_to_its_end_together(
    scene: Scene, kind: str, number: int
) -> None:
    deployments = await wanted(scene, kind)
    for step in STEPS[kind]:
        scene.world.delay(step, 1)
    every = [*boundaries.CLAIM, *boundaries.forward(STEPS[kind]), *boundaries.FINISH]
    names = boundaries.group(every, number)
    killed = await scene.kill_in_turn(deployments[-1], names)
    await holds(scene, deployments)
    assert reachable(names, STEPS[kind] if kind == "create" else ["pivot", "after_pivot"]) <= set(killed)


def reachable(names: list[str], steps: list[str]) -> set[str]:
    """Those that a worker must come to: what was made before the kill is adopted, so the making may be passed by."""
    sure = {f"engine.{step}.{each}" for step in steps for each in set(runner.BOUNDARIES) - MADE_ONCE}
    return set(names) & (sure | set(boundaries.CLAIM) | set(boundaries.FINISH))


@pytest.mark.parametrize("number", all_or_first(*range(boundaries.GROUPS)))
async def test_workers_that_are_killed_at_every_boundary_of_the_way_back_take_all_back(
    scene: Scene, number: int
) -> None:
    [deployment_id] = await wanted(scene, "create")
    scene.world.fail("make make_verify", "before", permanent=True)
    names = boundaries.group([*boundaries.back(STEPS["create"]), *boundaries.ROLLBACK], number)
    killed = await scene.kill_in_turn(deployment_id, names)
    await was_taken_back(scene, deployment_id)
    sure = {f"engine.{step}.{each}" for step in STEPS["create"] for each in rollback.BOUNDARIES}
    assert set(names) & (sure | set(boundaries.ROLLBACK)) <= set(killed)
    assert (await scene.finish(await scene.tenancy.retried(deployment_id))).status == "succeeded"


async def was_taken_back(scene: Scene, deployment_id: UUID) -> None:
    """All is gone but what holds data, which is kept and known."""
    assert (await scene.tenancy.deployment(deployment_id)).status == "rolled_back"
    await nothing_is_double_or_unknown(scene)
    assert [row.state for row in await scene.tenancy.living()] == ["quarantined"]
    assert [thing.name.rsplit("-", 1)[1] for thing in scene.world.living()] == ["make_storage"]


async def test_what_was_made_and_recorded_before_a_kill_is_adopted_and_not_asked_for_again(scene: Scene) -> None:
    [deployment_id] = await wanted(scene, "create")
    for step in STEPS["create"]:
        assert await scene.kill_once(deployment_id, f"engine.{step}.after_exists_commit")
    await scene.finish(deployment_id)
    await holds(scene, [deployment_id])
    assert scene.world.asked() == Counter({f"make {step}": 1 for step in STEPS["create"]})


async def test_an_effect_that_no_worker_lived_to_record_is_asked_for_again_with_the_same_token(scene: Scene) -> None:
    [deployment_id] = await wanted(scene, "create")
    for step in STEPS["create"]:
        assert await scene.kill_once(deployment_id, f"engine.{step}.before_exists_commit")
        assert await scene.kill_once(deployment_id, f"engine.{step}.before_exists_commit")
    await scene.finish(deployment_id)
    await holds(scene, [deployment_id])
    assert scene.world.asked() == Counter({f"make {step}": 3 for step in STEPS["create"]})
