"""Drift: what differs from the desired state and the ledger is reported, and only what policy allows is repaired."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import select

from services.provisioner.engine.reconciler import FoundResource, Reconciler, RepairPolicy
from services.provisioner.engine.step import NeedsOperator
from services.provisioner.engine.sweeps import reap, reconcile_all
from services.provisioner.engine.worker import Engine
from services.provisioner.resources.ledger import PLATFORM_TENANT
from services.provisioner.resources.lookups import all_open_drift
from services.provisioner.resources.models import DriftRow
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World, steps_of_all_phases


@dataclass
class Shelf:
    """An inventory that lists what the world has, and what was put on it."""

    world: World
    others: list[FoundResource] = field(default_factory=list)

    async def found(self) -> Sequence[FoundResource]:
        things = [FoundResource(kind=t.kind, external_id=t.external_id, tenant_id=None) for t in self.world.things]
        return [*things, *self.others]


def reconciler_of(tenancy: Tenancy, world: World, *automatic: str, shelf: Shelf | None = None) -> Reconciler[World]:
    return Reconciler(
        tenancy.database,
        steps=steps_of_all_phases(),
        recipes=tenancy.recipes,
        dependencies=world,
        inventory=shelf or Shelf(world),
        policy=RepairPolicy(automatic_steps=frozenset(automatic)),
    )


async def standing(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)


async def open_drift(tenancy: Tenancy) -> list[tuple[str, str, str]]:
    return [(row.subject, row.kind, row.repair) for row in await all_open_drift(tenancy.database, 100)]


async def test_a_stack_as_it_should_be_has_no_drift(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    assert await reconcile_all(reconciler_of(tenancy, world), tenancy.database) == 0
    assert await open_drift(tenancy) == []


async def test_what_is_missing_is_reported_once_and_closed_when_it_is_back(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    gone = world.named(f"{(await tenancy.stack()).slug}-make_compute")[0]
    world.things.remove(gone)
    reconciler = reconciler_of(tenancy, world)
    assert [await reconciler.reconcile_stack(tenancy.tenant_id) for _ in range(2)] == [1, 1]
    assert await open_drift(tenancy) == [("make_compute", "missing", "manual")]
    assert len(await tenancy.deployments()) == 1
    world.things.append(gone)
    assert await reconciler.reconcile_stack(tenancy.tenant_id) == 0
    assert await open_drift(tenancy) == []


async def test_what_changed_is_reported(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    world.named(f"{(await tenancy.stack()).slug}-make_network")[0].external_id = "another"
    await reconciler_of(tenancy, world).reconcile_stack(tenancy.tenant_id)
    assert await open_drift(tenancy) == [("make_network", "changed", "manual")]


async def test_policy_repairs_by_a_deployment_of_that_step_alone(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    slug = (await tenancy.stack()).slug
    world.things = [thing for thing in world.things if thing.name != f"{slug}-make_network"]
    world.calls.clear()
    reconciler = reconciler_of(tenancy, world, "make_network")
    await reconciler.reconcile_stack(tenancy.tenant_id)
    repair = (await tenancy.deployments())[0]
    ended = await run_to_end(tenancy, world, repair.id)
    assert (ended.kind, ended.status, ended.steps_total) == ("repair", "succeeded", 1)
    assert "ensure make_network" in world.calls
    assert "ensure make_compute" not in world.calls
    assert len(world.named(f"{slug}-make_network")) == 1
    assert set((await tenancy.stack()).outputs) == {f"make_{step.phase}" for step in steps_of_all_phases()}
    assert await reconciler.reconcile_stack(tenancy.tenant_id) == 0


async def test_what_held_data_is_never_made_anew(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    slug = (await tenancy.stack()).slug
    world.things = [thing for thing in world.things if thing.name != f"{slug}-make_storage"]
    await reconciler_of(tenancy, world, "make_storage").reconcile_stack(tenancy.tenant_id)
    assert await open_drift(tenancy) == [("make_storage", "missing", "manual")]
    assert len(await tenancy.deployments()) == 1


async def test_a_stack_that_is_being_worked_on_is_left_alone(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    world.things.clear()
    await tenancy.activated()
    assert await reconciler_of(tenancy, world).reconcile_stack(tenancy.tenant_id) == 0


async def test_what_the_ledger_does_not_know_is_an_orphan_until_it_is_gone(tenancy: Tenancy, world: World) -> None:
    await standing(tenancy, world)
    shelf = Shelf(world, [FoundResource(kind="instance", external_id="i-1", tenant_id=tenancy.tenant_id)])
    shelf.others.append(FoundResource(kind="volume", external_id="vol-1", tenant_id=None))
    reconciler = reconciler_of(tenancy, world, shelf=shelf)
    assert await reconciler.find_orphans() == 2
    rows = await all_open_drift(tenancy.database, 100)
    assert {(row.subject, row.tenant_id) for row in rows} == {
        ("instance/i-1", tenancy.tenant_id),
        ("volume/vol-1", PLATFORM_TENANT),
    }
    async with tenancy.database.tenant_session(uuid4()) as session:
        assert (await session.scalars(select(DriftRow))).all() == []
    shelf.others.clear()
    assert await reconciler.find_orphans() == 0
    assert await open_drift(tenancy) == []


async def test_the_reaper_wakes_what_sleeps_past_its_deadline(tenancy: Tenancy, world: World) -> None:
    world.wait_seconds, world.waits["make_compute"] = 3600, 99
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    engine: Engine[World] = engine_on(tenancy.database, world)
    await engine.run_due()
    world.waits["verify make_compute"] = 99
    await tenancy.pass_deadlines()
    assert (await tenancy.deployment(deployment_id)).next_run_at is not None
    async with tenancy.database.system_session() as session:
        now = (await tenancy.deployment(deployment_id)).created_at
        woken = [await reap(session, now), await reap(session, now)]
    assert woken == [1, 0]
    assert await engine.run_due() == 1
    assert (await tenancy.deployment(deployment_id)).status == "rolled_back"


async def test_the_reaper_marks_intents_that_nobody_will_settle(tenancy: Tenancy, world: World) -> None:
    def fail(effect: str) -> None:
        if effect == "make make_network":
            raise world.broken["make_dns_tls"]

    world.broken["make_dns_tls"] = NeedsOperator("quota", "We wait for more room.")
    world.before = fail
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    async with tenancy.database.system_session() as session:
        assert await reap(session, (await tenancy.deployment(deployment_id)).created_at) == 1
    assert [row.state for row in await tenancy.living() if row.step == "make_network"] == ["unknown"]
