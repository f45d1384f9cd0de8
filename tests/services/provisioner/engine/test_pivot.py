"""Cancel and retry: before the pivot a deployment goes back, after it only forward."""

from uuid import UUID

import pytest

from libs.common.failpoints import configure_failpoints
from services.provisioner.deployments.errors import (
    AlreadyGoingBack,
    DeploymentFinished,
    NotFailed,
    PastThePivot,
    Superseded,
)
from services.provisioner.engine.claim import claim
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.runner import Runner
from services.provisioner.engine.step import StepFailed
from services.provisioner.engine.verbs import Verbs
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World, steps_of_all_phases

BROKEN = StepFailed("broken", "It does not work.")


async def standing(tenancy: Tenancy, world: World) -> None:
    created = await tenancy.created()
    assert created is not None
    await run_to_end(tenancy, world, created)


async def convert(tenancy: Tenancy, world: World) -> UUID:
    await standing(tenancy, world)
    deployment_id = await tenancy.activated()
    assert deployment_id is not None
    return deployment_id


async def test_a_waiting_deployment_is_cancelled_and_taken_back(tenancy: Tenancy, world: World) -> None:
    world.waits["make_compute"] = 99
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await engine_on(tenancy.database, world).run_due()
    await tenancy.canceled(deployment_id)
    await tenancy.canceled(deployment_id)
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "canceled"
    assert [row.state for row in await tenancy.living()] == ["quarantined"]


async def test_a_queued_deployment_is_cancelled_without_doing_anything(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await tenancy.canceled(deployment_id)
    assert (await run_to_end(tenancy, world, deployment_id)).status == "canceled"
    assert world.calls == []


async def test_a_cancel_after_the_end_is_refused(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    with pytest.raises(DeploymentFinished):
        await tenancy.canceled(deployment_id)


async def test_a_cancel_while_going_back_is_refused(tenancy: Tenancy, world: World) -> None:
    world.broken["make_compute"] = BROKEN
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints("engine.make_database.before_compensate:1:raise")
    await engine_on(tenancy.database, world).run_due()
    with pytest.raises(AlreadyGoingBack):
        await tenancy.canceled(deployment_id)


@pytest.mark.parametrize("boundary", ["after_start", "after_ensure", "after_done"])
async def test_a_cancel_after_the_pivot_began_is_refused_and_the_deployment_ends_well(
    tenancy: Tenancy, world: World, boundary: str
) -> None:
    deployment_id = await convert(tenancy, world)
    configure_failpoints(f"engine.pivot.{boundary}:1:raise")
    await engine_on(tenancy.database, world).run_due()
    with pytest.raises(PastThePivot):
        await tenancy.canceled(deployment_id)
    configure_failpoints("")
    assert (await run_to_end(tenancy, world, deployment_id)).status == "succeeded"


async def test_a_cancel_that_comes_just_before_the_pivot_wins(tenancy: Tenancy, world: World) -> None:
    deployment_id = await convert(tenancy, world)
    configure_failpoints("engine.pivot.before_start:1:raise")
    await engine_on(tenancy.database, world).run_due()
    await tenancy.canceled(deployment_id)
    configure_failpoints("")
    assert (await run_to_end(tenancy, world, deployment_id)).status == "canceled"
    assert "ensure pivot" not in world.calls
    assert (await tenancy.stack()).status == "ready"


async def test_a_cancel_that_the_worker_has_not_seen_still_stops_the_pivot(tenancy: Tenancy, world: World) -> None:
    deployment_id = await convert(tenancy, world)
    configure_failpoints("engine.pivot.before_start:1:raise")
    await engine_on(tenancy.database, world).run_due()
    await tenancy.expire_leases()
    (lease,) = await claim(tenancy.database, owner="worker", seconds=15, limit=1)
    journal, stack = await Journal.open(tenancy.database, lease), await tenancy.stack()
    verbs = Verbs(journal, stack, {step.name: step for step in steps_of_all_phases()}, world)
    await tenancy.canceled(deployment_id)
    await Runner(journal, stack, verbs, stopping=lambda: False).run()
    assert (await tenancy.deployment(deployment_id)).status == "canceled"
    assert "ensure pivot" not in world.calls


async def test_a_failure_before_the_pivot_leaves_the_stack_as_it_was(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    before = {thing.external_id for thing in world.things}
    world.broken["pivot"] = BROKEN
    deployment_id = await tenancy.activated()
    assert deployment_id is not None
    assert (await run_to_end(tenancy, world, deployment_id)).status == "rolled_back"
    stack = await tenancy.stack()
    assert {thing.external_id for thing in world.things} == before
    assert (stack.status, stack.host_kind) == ("ready", "shared")
    assert stack.desired_generation == stack.observed_generation + 1


async def test_a_failure_after_the_pivot_needs_an_operator_and_the_retry_goes_on_from_there(
    tenancy: Tenancy, world: World
) -> None:
    await standing(tenancy, world)
    world.broken["after_pivot"] = BROKEN
    deployment_id = await tenancy.activated()
    assert deployment_id is not None
    stuck = await run_to_end(tenancy, world, deployment_id)
    assert (stuck.status, stuck.steps_done) == ("needs_operator", 9)
    assert (await tenancy.stack()).host_kind == "dedicated"
    assert world.removed == []
    world.broken.clear()
    world.calls.clear()
    retried = await tenancy.retried(deployment_id)
    assert await tenancy.retried(deployment_id) == retried
    ended = await run_to_end(tenancy, world, retried)
    assert (ended.status, ended.previous) == ("succeeded", stuck.previous)
    assert {call.split()[1] for call in world.calls} == {"after_pivot"}


async def test_a_pivot_whose_outcome_is_unknown_does_not_go_back(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)

    def fail(effect: str) -> None:
        if effect == "make pivot":
            raise BROKEN

    world.after = fail
    deployment_id = await tenancy.activated()
    assert deployment_id is not None
    assert (await run_to_end(tenancy, world, deployment_id)).status == "needs_operator"
    assert world.removed == []


async def test_only_the_newest_failed_deployment_is_retried(tenancy: Tenancy, world: World) -> None:
    world.broken["make_verify"] = BROKEN
    first = await tenancy.created()
    assert first is not None
    await run_to_end(tenancy, world, first)
    second = await tenancy.retried(first)
    world.broken.clear()
    assert (await run_to_end(tenancy, world, second)).status == "succeeded"
    assert await tenancy.retried(first) == second
    with pytest.raises(NotFailed):
        await tenancy.retried(second)
    third = await tenancy.activated()
    assert third is not None
    await tenancy.canceled(third)
    await run_to_end(tenancy, world, third)
    fourth = await tenancy.requested("convert")
    with pytest.raises(Superseded):
        await tenancy.retried(third)
    assert (await run_to_end(tenancy, world, fourth)).status == "succeeded"
