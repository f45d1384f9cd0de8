"""Leases and fences: one worker at a time, and a zombie writes nothing."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import exc, text

from libs.common.bell import Bell
from libs.common.database import Database
from libs.common.failpoints import configure_failpoints
from services.provisioner.engine import claim
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.lease import LeaseLost
from services.provisioner.engine.ledger import StepLedger
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World
from tests.support.eventually import eventually


async def claimed(database: Database, owner: str, *, seconds: float = 15) -> Journal:
    (lease,) = await claim.claim(database, owner=owner, seconds=seconds, limit=1)
    return await Journal.open(database, lease)


async def test_two_workers_that_claim_at_once_share_nothing(tenancy: Tenancy, database: Database) -> None:
    await tenancy.created()
    claims = [claim.claim(database, owner=f"worker {number}", seconds=15, limit=5) for number in range(4)]
    leases = [lease for found in await asyncio.gather(*claims) for lease in found]
    assert len(leases) == 1


async def test_a_zombie_that_wakes_after_its_lease_can_write_nothing(tenancy: Tenancy, database: Database) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    zombie = await claimed(database, "zombie")
    await tenancy.expire_leases()
    successor = await claimed(database, "successor")
    assert successor.lease.fence == zombie.lease.fence + 1
    assert successor.lease.abandoned
    with pytest.raises(LeaseLost):
        await zombie.tell("log", {"message": "I am back"})
    with pytest.raises(LeaseLost):
        await zombie.write_step(zombie.steps[0], {"status": "done"})
    with pytest.raises(LeaseLost):
        await StepLedger(zombie, "make_network").intend("thing", "of a zombie")
    with pytest.raises(LeaseLost):
        async with zombie.final("succeeded", "so I say"):
            pass
    assert (await tenancy.deployment(deployment_id)).status == "running"
    assert {step.status for step in (await tenancy.steps(deployment_id)).values()} == {"pending"}
    assert await tenancy.living() == []


async def test_a_lease_that_ran_out_unclaimed_is_lost_all_the_same(tenancy: Tenancy, database: Database) -> None:
    await tenancy.created()
    journal = await claimed(database, "slow")
    await tenancy.expire_leases()
    with pytest.raises(LeaseLost):
        await journal.tell("log", {"message": "late"})


async def test_a_heartbeat_keeps_a_long_step_alive(tenancy: Tenancy, database: Database, world: World) -> None:
    world.gate = asyncio.Event()
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    engine = engine_on(database, world, lease_seconds=6)
    working = asyncio.create_task(engine.run_due())
    first = await eventually(lambda: lease_of(tenancy, deployment_id, None))
    await eventually(lambda: lease_of(tenancy, deployment_id, first))
    world.gate.set()
    await working
    assert (await tenancy.deployment(deployment_id)).status == "succeeded"
    assert (await tenancy.deployment(deployment_id)).fence == 1


async def lease_of(tenancy: Tenancy, deployment_id: object, other_than: object) -> object:
    found = next(each for each in await tenancy.deployments() if each.id == deployment_id).lease_until
    return None if found == other_than else found


async def test_a_worker_whose_lease_is_taken_is_stopped_in_the_middle_of_its_call(
    tenancy: Tenancy, database: Database, world: World
) -> None:
    world.gate = asyncio.Event()
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    working = asyncio.create_task(engine_on(database, world, lease_seconds=0.6).run_due())
    await eventually(lambda: "ensure make_validate" in world.calls)
    await tenancy.expire_leases()
    await asyncio.wait_for(working, 20)
    assert world.things == []
    world.gate.set()
    assert (await run_to_end(tenancy, world, deployment_id)).status == "succeeded"
    assert set(world.made.values()) == {1}


async def test_the_database_refuses_a_second_active_deployment_of_a_stack(tenancy: Tenancy, database: Database) -> None:
    first = await tenancy.created()
    second = await tenancy.requested("convert")
    await claim.claim(database, owner="one", seconds=15, limit=5)
    with pytest.raises(exc.IntegrityError):
        async with database.tenant_session(tenancy.tenant_id) as session:
            statement = "UPDATE deployment SET status = 'waiting' WHERE id = :id"
            await session.execute(text(statement), {"id": second})
    assert first is not None
    assert (await tenancy.deployment(first)).status == "running"


async def test_deployments_of_one_stack_run_one_after_the_other(
    tenancy: Tenancy, database: Database, world: World
) -> None:
    first = await tenancy.created()
    second = await tenancy.activated()
    assert first is not None
    assert second is not None
    await engine_on(database, world).run_due()
    assert [(await tenancy.deployment(each)).status for each in (first, second)] == ["succeeded", "queued"]
    await engine_on(database, world).run_due()
    assert (await tenancy.deployment(second)).status == "succeeded"


async def test_a_stopping_worker_hands_its_deployment_back_at_once(
    tenancy: Tenancy, database: Database, world: World
) -> None:
    world.gate = asyncio.Event()
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    stop = asyncio.Event()
    working = asyncio.create_task(engine_on(database, world).work(Bell("deployment_due"), stop))
    await eventually(lambda: "ensure make_validate" in world.calls)
    stop.set()
    await asyncio.wait_for(working, 5)
    handed_back = await tenancy.deployment(deployment_id)
    assert (handed_back.status, handed_back.lease_owner) == ("waiting", None)
    world.gate.set()
    assert (await run_to_end(tenancy, world, deployment_id)).status == "succeeded"
    assert (await tenancy.steps(deployment_id))["make_validate"].crashes == 0


async def test_two_workers_finish_many_deployments_without_a_second_effect(
    database: Database, world: World, tenancy: Tenancy
) -> None:
    tenancies = [Tenancy(database, uuid4(), tenancy.recipes) for _ in range(5)]
    for each in tenancies:
        await each.created()
    for phase in ("compute", "dns_tls"):
        world.waits[f"make_{phase}"] = 5
    stop = asyncio.Event()
    workers = [
        asyncio.create_task(engine_on(database, world, poll_seconds=0.1).work(Bell("deployment_due"), stop))
        for _ in range(2)
    ]

    async def all_done() -> bool:
        return all([(await each.deployments())[0].status == "succeeded" for each in tenancies])

    await eventually(all_done, timeout=30)
    stop.set()
    await asyncio.gather(*workers)
    assert set(world.made.values()) == {1}
    assert len(world.things) == 40


async def test_a_claim_that_dies_before_its_commit_leaves_the_deployment_queued(
    tenancy: Tenancy, database: Database, world: World
) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints("engine.claim.before_commit:1:raise")
    with pytest.raises(Exception, match="before_commit"):
        await engine_on(database, world).run_due()
    assert (await tenancy.deployment(deployment_id)).status == "queued"
    assert (await run_to_end(tenancy, world, deployment_id)).status == "succeeded"
