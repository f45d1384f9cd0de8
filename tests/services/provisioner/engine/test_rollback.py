"""A deployment that cannot go on takes back what it made, in reverse, once, and keeps what holds data."""

import pytest

from libs.common.failpoints import configure_failpoints
from services.provisioner.engine.rollback import BOUNDARIES
from services.provisioner.engine.step import PHASES, StepFailed
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World

BROKEN = StepFailed("broken", "It does not work.")


async def test_everything_is_taken_back_in_reverse_but_what_holds_data(tenancy: Tenancy, world: World) -> None:
    world.broken["make_verify"] = BROKEN
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    made_before = [f"make_{phase}" for phase in PHASES if phase not in {"storage", "verify"}]
    assert ended.status == "rolled_back"
    assert world.removed == list(reversed(made_before))
    assert [thing.name.rsplit("-", 1)[1] for thing in world.things] == ["make_storage"]
    assert [(row.step, row.state) for row in await tenancy.living()] == [("make_storage", "quarantined")]
    assert "Kept, because it may hold data: thing" in ended.message
    assert (await tenancy.stack()).status == "error"


@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_a_worker_that_dies_while_going_back_is_succeeded(tenancy: Tenancy, world: World, boundary: str) -> None:
    world.broken["make_verify"] = BROKEN
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints(f"engine.make_compute.{boundary}:1:raise")
    await engine_on(tenancy.database, world).run_due()
    assert (await tenancy.deployment(deployment_id)).status == "running"
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rolled_back"
    assert len(world.things) == len(await tenancy.living()) == 1


async def test_an_effect_whose_outcome_is_unknown_is_taken_back(tenancy: Tenancy, world: World) -> None:
    def fail(effect: str) -> None:
        if effect == "make make_network":
            raise BROKEN

    world.after = fail
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rolled_back"
    assert world.made[f"thing/{(await tenancy.stack()).slug}-make_network"] == 1
    assert world.things == []
    assert await tenancy.living() == []


async def test_a_compensation_that_fails_says_that_an_operator_is_needed(tenancy: Tenancy, world: World) -> None:
    world.broken["make_verify"] = BROKEN
    world.unremovable.add("make_database")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    steps = await tenancy.steps(deployment_id)
    assert ended.status == "rollback_failed"
    assert "could not be taken back" in ended.message
    assert "operator" in ended.message
    assert ended.error is not None
    assert ended.error["code"] == "broken"
    assert world.calls.count("compensate make_database") == 3
    assert (steps["make_database"].status, steps["make_network"].status) == ("compensation_failed", "done")
    assert {thing.external_id for thing in world.things} == {row.external_id for row in await tenancy.living()}


async def test_what_a_failed_rollback_left_is_adopted_and_taken_over_by_the_retry(
    tenancy: Tenancy, world: World
) -> None:
    world.broken["make_verify"] = BROKEN
    world.unremovable.add("make_database")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    world.unremovable.clear()
    retried = await run_to_end(tenancy, world, await tenancy.retried(deployment_id))
    assert retried.status == "rolled_back"
    assert [row.state for row in await tenancy.living()] == ["quarantined"]


async def test_what_a_step_forgets_to_take_back_is_named(tenancy: Tenancy, world: World) -> None:
    world.broken["make_verify"] = BROKEN
    world.forgetful.add("make_network")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rollback_failed"
    assert "could not be confirmed as gone: thing" in ended.message
