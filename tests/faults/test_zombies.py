"""Workers that are halted in the middle, wake after their lease has ended, and find that another did their work."""

import signal
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from tests.faults.scene import Scene, holds, story_is_whole
from tests.services.provisioner.engine.factories import Tenancy
from tests.support.databases import admin_dsn
from tests.support.eventually import eventually
from tests.support.servers import PostgresServer
from tests.support.workers import Worker

HALTS = [
    "engine.claim.after_commit",
    "engine.make_compute.before_start",
    "engine.make_compute.after_observe",
    "engine.make_compute.after_intent_commit",
    "engine.make_compute.after_ensure",
    "engine.make_compute.after_record",
    "engine.make_compute.before_done",
    "engine.make_compute.after_done",
    "engine.finish.before_commit",
]
TABLES = ("deployment", "deployment_step", "deployment_event", "resource", "stack", "outbox")


async def written(scene: Scene) -> dict[str, list[Any]]:
    """All rows of the engine."""
    async with scene.database.system_session() as session:
        statement = "SELECT to_jsonb(t)::text FROM {} t WHERE tenant_id = :tenant ORDER BY 1"
        tenant = {"tenant": scene.tenancy.tenant_id}
        return {table: list(await session.scalars(text(statement.format(table)), tenant)) for table in TABLES}


async def halted(worker: Worker) -> None:
    await eventually(lambda: worker.reached, timeout=30)


async def end_idle_transactions(postgres: PostgresServer, scene: Scene) -> None:
    """As PostgreSQL does by itself after `idle_in_transaction_session_timeout`."""
    connection = await asyncpg.connect(admin_dsn(postgres))
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in tr%'"
    await connection.execute(statement, scene.service_database.name)
    await connection.close()


@pytest.mark.parametrize("place", HALTS)
async def test_a_zombie_that_wakes_after_its_work_was_done_writes_nothing(scene: Scene, place: str) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    zombie = scene.start_worker(failpoints=f"{place}:1:stop")
    await halted(zombie)
    await scene.finish(deployment_id)
    before = await written(scene)
    zombie.send(signal.SIGCONT)
    await eventually(lambda: "engine.lease_lost" in zombie.said(), timeout=20)
    await zombie.stop()
    assert await written(scene) == before
    await holds(scene, [deployment_id])


@pytest.mark.parametrize("place", ["before_intent_commit", "before_exists_commit"])
async def test_a_worker_that_is_halted_inside_a_transaction_does_not_hold_the_others_up_for_ever(
    scene: Scene, postgres: PostgresServer, place: str
) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    zombie = scene.start_worker(failpoints=f"engine.make_compute.{place}:1:stop")
    await halted(zombie)
    await end_idle_transactions(postgres, scene)
    await scene.finish(deployment_id)
    zombie.send(signal.SIGCONT)
    await zombie.stop()
    await holds(scene, [deployment_id])


async def test_a_zombie_that_wakes_in_the_middle_of_its_successors_work_does_not_disturb_it(scene: Scene) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    zombie = scene.start_worker(failpoints="engine.make_database.after_intent_commit:1:stop")
    await halted(zombie)
    await scene.tenancy.expire_leases()
    successor = scene.start_worker(failpoints="engine.make_applications.after_ensure:1:stop")
    await halted(successor)
    zombie.send(signal.SIGCONT)
    await eventually(lambda: "engine.lease_lost" in zombie.said(), timeout=20)
    await zombie.stop()
    successor.send(signal.SIGCONT)
    await scene.final(deployment_id)
    await successor.stop()
    await holds(scene, [deployment_id])


async def test_a_hanging_worker_loses_its_lease_in_time_and_another_goes_on(scene: Scene) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    hanging = scene.start_worker(failpoints="engine.make_network.before_ensure:1:hang", lease_seconds=0.9)
    await halted(hanging)
    successor = scene.start_worker()
    await scene.final(deployment_id)
    await successor.stop()
    assert hanging.is_alive()
    await holds(scene, [deployment_id])


async def test_two_workers_at_once_share_many_deployments_and_double_none_though_a_third_dies(scene: Scene) -> None:
    tenancies = [scene.tenancy, *(Tenancy(scene.database, uuid4(), scene.tenancy.recipes) for _ in range(4))]
    wanted = [(tenancy, await tenancy.created()) for tenancy in tenancies]
    dying = "engine.make_dns_tls.after_ensure:2:kill"
    workers = [scene.start_worker(failpoints=each, lease_seconds=2) for each in ("", "", dying)]

    async def all_ended() -> bool:
        return all([(await tenancy.deployments())[0].status == "succeeded" for tenancy in tenancies])

    await eventually(all_ended, timeout=60)
    for worker in workers:
        await worker.stop()
    assert set(scene.world.ever_made().values()) == {1}
    assert len(scene.world.living()) == 8 * len(wanted)
    for tenancy, deployment_id in wanted:
        assert deployment_id is not None
        await story_is_whole(replace(scene, tenancy=tenancy), deployment_id)
