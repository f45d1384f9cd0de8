"""Makes tenants with a stack wanted, and runs their deployments as workers do."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text

from libs.common.database import Database
from services.provisioner.deployments import repository
from services.provisioner.deployments.models import Deployment, DeploymentEvent, DeploymentStep
from services.provisioner.deployments.service import cancel_deployment, request_deployment, retry_deployment
from services.provisioner.engine.recipes import Recipes
from services.provisioner.engine.worker import Engine, EngineLimits
from services.provisioner.resources.models import ResourceRow
from services.provisioner.resources.repository import list_living
from services.provisioner.stacks.desired_state import PlanShape
from services.provisioner.stacks.models import Stack
from services.provisioner.stacks.repository import find_stack, lock_stack
from services.provisioner.stacks.service import StackDefaults, want_plan, want_stack
from tests.services.provisioner.engine.world import World, recipes_of, steps_of_all_phases

DEFAULTS = StackDefaults(region="us-east-1", base_domain="example.test")
TRIAL = PlanShape(id="trial", host_kind="shared", instance_type="t3.large", memory_mib=8192, volume_gib=50)
BUSINESS = PlanShape(id="business", host_kind="dedicated", instance_type="t3.large", memory_mib=8192, volume_gib=250)
FINAL = {"succeeded", "rolled_back", "rollback_failed", "canceled", "needs_customer", "needs_operator"}


@dataclass
class Tenancy:
    """One tenant in a database that other tests use too."""

    database: Database
    tenant_id: UUID
    recipes: Recipes

    async def created(self, *, cause: UUID | None = None, plan: PlanShape = TRIAL) -> UUID | None:
        async with self.database.tenant_session(self.tenant_id) as session:
            return await want_stack(
                session,
                tenant_id=self.tenant_id,
                slug=f"acme-{self.tenant_id.hex[:8]}",
                site_name="Acme",
                owner_user_id=uuid4(),
                plan=plan,
                cause=cause or uuid4(),
                defaults=DEFAULTS,
                recipes=self.recipes,
            )

    async def activated(
        self, *, cause: UUID | None = None, plan: PlanShape = BUSINESS, version: int = 1
    ) -> UUID | None:
        async with self.database.tenant_session(self.tenant_id) as session:
            return await want_plan(
                session,
                tenant_id=self.tenant_id,
                plan=plan,
                version=version,
                cause=cause or uuid4(),
                defaults=DEFAULTS,
                recipes=self.recipes,
            )

    async def requested(self, kind: str) -> UUID:
        async with self.database.tenant_session(self.tenant_id) as session:
            stack = await lock_stack(session, self.tenant_id, region="")
            return await request_deployment(session, stack, kind=kind, cause=str(uuid4()), recipes=self.recipes)

    async def retried(self, deployment_id: UUID) -> UUID:
        async with self.database.tenant_session(self.tenant_id) as session:
            return await retry_deployment(session, deployment_id, recipes=self.recipes)

    async def canceled(self, deployment_id: UUID) -> None:
        async with self.database.tenant_session(self.tenant_id) as session:
            await cancel_deployment(session, deployment_id)

    async def deployment(self, deployment_id: UUID) -> Deployment:
        async with self.database.tenant_session(self.tenant_id) as session:
            found = await repository.find_deployment(session, deployment_id)
        assert found is not None
        return found

    async def steps(self, deployment_id: UUID) -> dict[str, DeploymentStep]:
        async with self.database.tenant_session(self.tenant_id) as session:
            return {step.name: step for step in await repository.list_steps(session, deployment_id)}

    async def events(self, deployment_id: UUID) -> list[DeploymentEvent]:
        async with self.database.tenant_session(self.tenant_id) as session:
            return await repository.list_events(session, deployment_id, after=0, limit=1000)

    async def deployments(self) -> list[Deployment]:
        async with self.database.tenant_session(self.tenant_id) as session:
            return await repository.list_deployments(session, limit=100)

    async def stack(self) -> Stack:
        async with self.database.tenant_session(self.tenant_id) as session:
            found = await find_stack(session)
        assert found is not None
        return found

    async def living(self) -> list[ResourceRow]:
        async with self.database.tenant_session(self.tenant_id) as session:
            stack = await find_stack(session)
            assert stack is not None
            return await list_living(session, stack.id)

    async def expire_leases(self) -> None:
        """As if the time of every lease had passed."""
        await self._execute("UPDATE deployment SET lease_until = now() - interval '1 second' WHERE status = 'running'")

    async def end_waits(self) -> None:
        """As if the time of every wait had passed."""
        await self._execute("UPDATE deployment SET next_run_at = now() WHERE status = 'waiting'")

    async def pass_deadlines(self) -> None:
        """As if the time of every step had passed."""
        await self._execute("UPDATE deployment_step SET deadline_at = now() - interval '1 second'")

    async def _execute(self, statement: str) -> None:
        async with self.database.tenant_session(self.tenant_id) as session:
            await session.execute(text(statement))


def engine_on(
    database: Database,
    world: World,
    *,
    recipes: Recipes | None = None,
    owner: str | None = None,
    lease_seconds: float = 15.0,
    poll_seconds: float = 0.5,
) -> Engine[World]:
    """A worker's engine whose steps act on `world`."""
    return Engine(
        database,
        steps=steps_of_all_phases(),
        recipes=recipes or recipes_of(),
        dependencies=world,
        limits=EngineLimits(lease_seconds=lease_seconds, poll_seconds=poll_seconds, finish_seconds=0.2),
        owner=owner,
    )


async def run_to_end(tenancy: Tenancy, world: World, deployment_id: UUID, *, passes: int = 60) -> Deployment:
    """Claims and runs until the deployment has ended, letting no wait and no dead worker's lease hold it up."""
    for _ in range(passes):
        await engine_on(tenancy.database, world, recipes=tenancy.recipes).run_due()
        deployment = await tenancy.deployment(deployment_id)
        if deployment.status in FINAL:
            return deployment
        await tenancy.expire_leases()
        await tenancy.end_waits()
    raise AssertionError(f"the deployment did not end: {deployment.status} {deployment.message}")
