"""Calls that fail once, always, or after their effect, forwards and backwards, under workers that are killed too."""

import pytest

from tests.faults.scene import Scene, holds, nothing_is_double_or_unknown

STEP = "make_compute"


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_call_that_fails_once_is_made_again_and_has_one_effect(scene: Scene, moment: str) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    scene.world.fail(f"make {STEP}", moment)
    assert (await scene.finish(deployment_id)).status == "succeeded"
    await holds(scene, [deployment_id])


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_call_that_always_fails_takes_everything_back_also_what_it_made(scene: Scene, moment: str) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    scene.world.fail(f"make {STEP}", moment, times=1000)
    ended = await scene.finish(deployment_id)
    assert ended.status == "rolled_back"
    assert ended.message
    await nothing_is_double_or_unknown(scene)
    assert [row.state for row in await scene.tenancy.living()] == ["quarantined"]


async def test_a_call_that_fails_after_its_effect_while_workers_die_is_adopted(scene: Scene) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    scene.world.fail(f"make {STEP}", "after")
    await scene.kill_once(deployment_id, f"engine.{STEP}.after_intent_commit")
    await scene.kill_once(deployment_id, f"engine.{STEP}.before_exists_commit")
    await scene.finish(deployment_id)
    await holds(scene, [deployment_id])


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_removal_that_fails_once_is_made_again(scene: Scene, moment: str) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    scene.world.fail("make make_verify", "before", permanent=True)
    scene.world.fail("remove make_network", moment)
    assert (await scene.finish(deployment_id)).status == "rolled_back"
    await nothing_is_double_or_unknown(scene)


@pytest.mark.parametrize(
    "place", ["", "engine.make_network.after_removing_commit", "engine.make_network.before_compensate"]
)
async def test_a_compensation_that_fails_is_told_and_an_operators_retry_ends_it(scene: Scene, place: str) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    scene.world.fail("make make_verify", "before", permanent=True)
    scene.world.fail("remove make_network", "before", times=1000)
    if place:
        await scene.kill_once(deployment_id, place)
    failed = await scene.finish(deployment_id)
    assert failed.status == "rollback_failed"
    assert "operator" in failed.message
    known = {row.external_id for row in await scene.tenancy.living()}
    assert {thing.external_id for thing in scene.world.living()} == known
    scene.world.mend()
    retried = await scene.tenancy.retried(deployment_id)
    assert (await scene.finish(retried)).status == "succeeded"
    assert {row.state for row in await scene.tenancy.living()} == {"exists"}
    await nothing_is_known_twice(scene)


async def nothing_is_known_twice(scene: Scene) -> None:
    """At most one living thing of each name, and all of them known."""
    names = [thing.name for thing in scene.world.living()]
    assert len(names) == len(set(names)) == 8
    assert {thing.client_token for thing in scene.world.living()} == {
        row.client_token for row in await scene.tenancy.living()
    }


async def test_a_failure_before_the_pivot_of_a_conversion_leaves_the_trial_as_it_was(scene: Scene) -> None:
    created = await scene.tenancy.created()
    assert created is not None
    await scene.finish(created)
    before = scene.world.living()
    scene.world.fail("make pivot", "before", permanent=True)
    converted = await scene.tenancy.activated()
    assert converted is not None
    await scene.kill_once(converted, "engine.pivot.before_start")
    assert (await scene.finish(converted)).status == "rolled_back"
    assert scene.world.living() == before
    stack = await scene.tenancy.stack()
    assert (stack.status, stack.host_kind) == ("ready", "shared")


async def test_a_failure_after_the_pivot_keeps_everything_and_a_retry_goes_on(scene: Scene) -> None:
    created = await scene.tenancy.created()
    assert created is not None
    await scene.finish(created)
    scene.world.fail("make after_pivot", "after", permanent=True)
    converted = await scene.tenancy.activated()
    assert converted is not None
    assert (await scene.finish(converted)).status == "needs_operator"
    retried = await scene.tenancy.retried(converted)
    killed = await scene.kill_in_turn(retried, ["engine.after_pivot.after_start", "engine.finish.before_commit"])
    assert len(killed) == 2
    assert (await scene.tenancy.deployment(retried)).status == "succeeded"
    await nothing_is_double_or_unknown(scene)
