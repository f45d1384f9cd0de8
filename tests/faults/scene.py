"""A tenant whose stack is built by workers that die: starting them, letting them die, and what must hold after it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from signal import SIGKILL
from uuid import UUID

from sqlalchemy import select

from libs.common.database import Database
from libs.common.platform_tables import OutboxRow
from services.provisioner.deployments.models import Deployment
from tests.faults.stored_world import StoredWorld
from tests.services.provisioner.engine.factories import FINAL, Tenancy
from tests.support.databases import ServiceDatabase
from tests.support.eventually import eventually
from tests.support.workers import Nursery, Worker


@dataclass
class Workplace:
    """One tenant, and the processes that work for it: `target` in `nursery`, with `arguments`."""

    nursery: Nursery
    database: Database
    tenancy: Tenancy
    target: str
    arguments: dict[str, object]
    workers: list[Worker] = field(default_factory=list, kw_only=True)

    def start_worker(self, *, failpoints: str = "", lease_seconds: float = 15.0) -> Worker:
        arguments = {**self.arguments, "lease_seconds": lease_seconds}
        worker = self.nursery.start(self.target, arguments, failpoints=failpoints)
        self.workers.append(worker)
        return worker

    async def finish(self, deployment_id: UUID, *, hurry: bool = False) -> Deployment:
        """Lets one undisturbed worker bring the deployment to its end; in a `hurry`, as if every wait were over."""
        await self.tenancy.expire_leases()
        worker = self.start_worker()
        await self.final(deployment_id, hurry=hurry)
        await worker.stop()
        return await self.tenancy.deployment(deployment_id)

    async def final(self, deployment_id: UUID, *, hurry: bool = False) -> Deployment:
        async def look() -> Deployment | None:
            if hurry:
                await self.tenancy.end_waits()
            deployment = await self.tenancy.deployment(deployment_id)
            return deployment if deployment.status in FINAL else None

        ended = await eventually(look, timeout=60, interval=0.2 if hurry else 0.02)
        assert ended is not None
        return ended

    async def killed_or_final(self, worker: Worker, deployment_id: UUID) -> bool:
        """Waits until the worker was killed (True) or the deployment has ended."""

        async def look() -> str | None:
            if (await self.tenancy.deployment(deployment_id)).status in FINAL:
                return "final"
            return "killed" if worker.reached else None

        if await eventually(look, timeout=60) == "final":
            await worker.stop()
            return False
        status = await worker.ended()
        assert status == -SIGKILL, worker.said()[-3000:]
        return True

    async def kill_in_turn(self, deployment_id: UUID, names: Iterable[str]) -> list[str]:
        """Runs a deployment to its end by a chain of workers, each killed at the first of `names` that it comes to and
        that killed none before it; returns the names that killed, in order. A dead worker's lease is ended by SQL."""
        left = dict.fromkeys(names)
        killed: list[str] = []
        while True:
            worker = self.start_worker(failpoints=",".join(f"{name}:1:kill" for name in left))
            alive = not await self.killed_or_final(worker, deployment_id)
            if worker.reached:
                killed.append(worker.reached)
                del left[worker.reached]
            if alive or (await self.tenancy.deployment(deployment_id)).status in FINAL:
                return killed
            await self.tenancy.expire_leases()
            await self.tenancy.end_waits()

    async def kill_once(self, deployment_id: UUID, name: str) -> bool:
        """Runs a worker until it is killed at `name`, whose lease then ends; False if the deployment ended before."""
        await self.tenancy.expire_leases()
        await self.tenancy.end_waits()
        worker = self.start_worker(failpoints=f"{name}:1:kill")
        return await self.killed_or_final(worker, deployment_id)

    async def end(self) -> None:
        """Nothing that this scene started runs on."""
        for worker in self.workers:
            if worker.is_alive():
                worker.send(SIGKILL)
                await worker.ended()


@dataclass
class Scene(Workplace):
    """A workplace on the engine's test world."""

    service_database: ServiceDatabase
    world: StoredWorld

    def database_urls(self) -> dict[str, str]:
        return {"app_url": self.service_database.url("app"), "system_url": self.service_database.url("system")}


async def holds(scene: Scene, deployment_ids: Sequence[UUID]) -> None:
    """What must hold after whatever harm, for deployments that succeeded."""
    await nothing_is_double_or_unknown(scene)
    for deployment_id in deployment_ids:
        await status_is_true(scene, deployment_id)
        await story_is_whole(scene, deployment_id)
    await everyone_was_told_once(scene, deployment_ids)
    await stack_is_as_desired(scene, deployment_ids[-1])


async def stack_is_as_desired(scene: Workplace, deployment_id: UUID) -> None:
    stack = await scene.tenancy.stack()
    newest = await scene.tenancy.deployment(deployment_id)
    assert stack.status == "ready"
    assert stack.observed == stack.desired == newest.desired
    assert stack.observed_generation == stack.desired_generation


async def nothing_is_double_or_unknown(scene: Scene) -> None:
    """At most one of every thing, ever; the ledger and the world know the same things, by the same ids."""
    rows = {row.name: row for row in await scene.tenancy.living()}
    things = scene.world.living()
    assert max(scene.world.ever_made().values(), default=0) <= 1
    assert {row.name: row.external_id for row in rows.values() if row.state != "intended"} == {
        thing.name: thing.external_id for thing in things
    }
    assert {row.state for row in rows.values()} <= {"exists", "quarantined"}
    assert {thing.client_token for thing in things} == {row.client_token for row in rows.values()}


async def status_is_true(scene: Workplace, deployment_id: UUID) -> None:
    deployment = await scene.tenancy.deployment(deployment_id)
    steps = await scene.tenancy.steps(deployment_id)
    assert (deployment.status, deployment.error, deployment.lease_owner) == ("succeeded", None, None)
    assert {step.status for step in steps.values()} == {"done"}
    assert deployment.steps_done == deployment.steps_total == len(steps)
    assert deployment.finished_at is not None


async def story_is_whole(scene: Workplace, deployment_id: UUID) -> None:
    """Events are numbered without a gap, and tell of each step's beginning and end once."""
    deployment = await scene.tenancy.deployment(deployment_id)
    events = await scene.tenancy.events(deployment_id)
    assert [event.seq for event in events] == list(range(1, deployment.last_seq + 1))
    told = Counter((event.data["name"], event.data["status"]) for event in events if event.kind == "step")
    assert {how_often for (_, status), how_often in told.items() if status in {"running", "done"}} == {1}
    assert {name for name, status in told if status == "done"} == set(await scene.tenancy.steps(deployment_id))
    ends = [event for event in events if event.kind == "deployment" and event.data["status"] in FINAL]
    assert [event.seq for event in ends] == [events[-1].seq]


async def everyone_was_told_once(scene: Workplace, deployment_ids: Sequence[UUID]) -> None:
    """The outbox holds each status of each deployment once, by versions without a gap, and one readiness for each."""
    async with scene.database.tenant_session(scene.tenancy.tenant_id) as session:
        rows = list(await session.scalars(select(OutboxRow).order_by(OutboxRow.position)))
    for deployment_id in deployment_ids:
        own = [row for row in rows if row.body.get("deployment_id") == str(deployment_id)]
        changes = [row.body for row in own if row.type == "provisioner.deployment.changed.v1"]
        assert [change["version"] for change in changes] == list(range(1, len(changes) + 1))
        assert [change["status"] for change in changes] == ["queued", "running", "succeeded"]
        assert sum(row.type == "provisioner.stack.ready.v1" for row in own) == 1
