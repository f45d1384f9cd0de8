"""Events ask for deployments: duplicated, late and in any order, they lead to the same stack."""

import asyncio
from uuid import uuid4

import pytest

from services.provisioner.deployments import repository
from services.provisioner.engine.step import StepFailed
from tests.services.provisioner.engine.factories import BUSINESS, TRIAL, Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World
from tests.support.eventually import eventually


async def kinds(tenancy: Tenancy) -> list[str]:
    return [deployment.kind for deployment in reversed(await tenancy.deployments())]


async def test_the_same_event_ten_times_makes_one_deployment(tenancy: Tenancy) -> None:
    cause = uuid4()
    ids = {await tenancy.created(cause=cause) for _ in range(10)}
    activation = uuid4()
    converted = {await tenancy.activated(cause=activation) for _ in range(10)}
    assert len(ids - {None}) == 1
    assert len(converted - {None}) == 1
    assert await kinds(tenancy) == ["create", "convert"]


async def test_a_payment_told_of_before_the_tenant_builds_the_paid_stack_at_once(
    tenancy: Tenancy, world: World
) -> None:
    assert await tenancy.activated() is None
    deployment_id = await tenancy.created(plan=TRIAL)
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    assert await kinds(tenancy) == ["create"]
    assert (await tenancy.stack()).host_kind == "dedicated"


async def test_an_older_activation_that_comes_late_changes_nothing(tenancy: Tenancy) -> None:
    await tenancy.created()
    assert await tenancy.activated(version=2) is not None
    older = BUSINESS.model_copy(update={"id": "starter"})
    assert await tenancy.activated(version=1, plan=older) is None
    desired = (await tenancy.stack()).desired
    assert desired is not None
    assert desired["plan"]["id"] == "business"


async def test_a_conversion_behind_a_creation_that_failed_becomes_a_creation(tenancy: Tenancy, world: World) -> None:
    first = await tenancy.created()
    second = await tenancy.activated()
    assert first is not None
    assert second is not None
    world.broken["make_network"] = StepFailed("broken", "It does not work.")
    assert (await run_to_end(tenancy, world, first)).status == "rolled_back"
    world.broken.clear()
    ended = await run_to_end(tenancy, world, second)
    assert (ended.kind, ended.status, ended.steps_done) == ("create", "succeeded", 8)
    assert (await tenancy.stack()).host_kind == "dedicated"


async def test_a_conversion_knows_what_the_stack_was(tenancy: Tenancy, world: World) -> None:
    first = await tenancy.created()
    assert first is not None
    await run_to_end(tenancy, world, first)
    second = await tenancy.activated()
    assert second is not None
    ended = await run_to_end(tenancy, world, second)
    assert ended.previous is not None
    assert ended.previous["plan"]["host_kind"] == "shared"
    assert ended.previous_outputs["make_compute"] == {"id": "thing-5", "verified": True}
    stack = await tenancy.stack()
    assert (stack.host_kind, stack.observed_generation, stack.desired_generation) == ("dedicated", 2, 2)


async def test_a_wake_ends_a_wait_early(tenancy: Tenancy, world: World) -> None:
    world.wait_seconds, world.waits["make_compute"] = 60, 1
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    engine = engine_on(tenancy.database, world)
    await engine.run_due()
    assert await engine.run_due() == 0
    async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
        await repository.wake(session, deployment_id)
    assert await engine.run_due() == 1
    assert (await tenancy.deployment(deployment_id)).status == "succeeded"


async def test_a_wake_that_comes_just_before_the_wait_is_not_lost(tenancy: Tenancy, world: World) -> None:
    world.wait_seconds, world.waits["make_validate"], world.gate = 60, 1, asyncio.Event()
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    engine = engine_on(tenancy.database, world)
    working = asyncio.create_task(engine.run_due())
    await eventually(lambda: "ensure make_validate" in world.calls)
    async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
        await repository.wake(session, deployment_id)
    world.gate.set()
    await working
    assert await engine.run_due() == 1
    assert (await tenancy.deployment(deployment_id)).status == "succeeded"


@pytest.mark.parametrize("kind", ["create", "convert"])
async def test_two_requests_of_two_causes_are_two_deployments(tenancy: Tenancy, kind: str) -> None:
    await tenancy.created()
    first, second = await tenancy.requested(kind), await tenancy.requested(kind)
    assert first != second
