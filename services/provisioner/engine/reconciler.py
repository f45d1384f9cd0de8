"""Compares the desired state and the ledger with what AWS has; reports the differences and repairs what policy allows.

Stacks are looked at through the steps' own `observe`. What the cloud has and the ledger does not is an orphan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol
from uuid import UUID

import structlog

from libs.common.database import Database
from libs.common.events import Event
from services.provisioner.deployments.service import REPAIR, request_deployment
from services.provisioner.engine import lookups
from services.provisioner.engine.failures import as_step_error
from services.provisioner.engine.ledger import LookingLedger, LookingOnly
from services.provisioner.engine.recipes import Recipes
from services.provisioner.engine.step import Absent, Changed, D, DeploymentRef, Observation, Step, StepContext
from services.provisioner.engine.verbs import stack_ref
from services.provisioner.resources import drift_repository, repository
from services.provisioner.resources.ledger import PLATFORM_TENANT
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.models import Stack
from services.provisioner.stacks.repository import lock_stack

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundResource:
    """One thing that the cloud has and the platform's tags mark as ours. `tenant_id` is null without a readable tag."""

    kind: str
    external_id: str
    tenant_id: UUID | None
    detail: str = ""


class Inventory(Protocol):
    """Everything on AWS that carries the platform's `ManagedBy` tag; implemented over the cloud."""

    async def found(self) -> Sequence[FoundResource]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairPolicy:
    """The steps whose drift is repaired without asking. What held data is never repaired so, whatever this says."""

    automatic_steps: frozenset[str] = frozenset()


class Reconciler(Generic[D]):
    """Looks at stacks that nothing is being done to."""

    def __init__(
        self,
        database: Database,
        *,
        steps: Sequence[Step[D]],
        recipes: Recipes,
        dependencies: D,
        inventory: Inventory,
        policy: RepairPolicy | None = None,
    ) -> None:
        self._database = database
        self._steps: Mapping[str, Step[D]] = {step.name: step for step in steps}
        self._recipes = recipes
        self._dependencies = dependencies
        self._inventory = inventory
        self._policy = policy or RepairPolicy()

    async def reconcile_stack(self, tenant_id: UUID) -> int:
        """Looks at a tenant's stack, updates its drift report and queues a repair; returns how many differences."""
        stack = await lookups.resting_stack(self._database, tenant_id)
        if stack is None:
            return 0
        found = [each for each in [await self._look(stack, step) for step in self._lasting(stack)] if each is not None]
        async with self._database.tenant_session(tenant_id) as session:
            fresh = [
                subject
                for subject, values in found
                if await drift_repository.report_drift(
                    session, tenant_id=tenant_id, stack_id=stack.id, subject=subject, found=values
                )
            ]
            await drift_repository.resolve_drift(
                session, tenant_id=tenant_id, stack_id=stack.id, still={subject for subject, _ in found}
            )
            repairable = frozenset(s for s, values in found if s in fresh and values["repair"] == "automatic")
            if repairable:
                locked = await lock_stack(session, tenant_id, region=stack.region)
                cause = f"repair:{stack.id}:{datetime.now(UTC).isoformat()}"
                await request_deployment(
                    session, locked, kind=REPAIR, cause=cause, recipes=self._recipes, only=repairable
                )
        return len(found)

    def _lasting(self, stack: Stack) -> list[Step[D]]:
        desired = DesiredState.model_validate(stack.observed)
        names = [entry.step for entry in self._recipes["create"] if entry.applies(desired)]
        steps = [self._steps[name] for name in names if name in stack.outputs]
        # A step that keeps the base's `observe` makes nothing lasting.
        return [step for step in steps if type(step).observe is not Step.observe]

    async def _look(self, stack: Stack, step: Step[D]) -> tuple[str, dict[str, str]] | None:
        try:
            observed = await step.observe(_looking(self._database, stack, step, self._dependencies))
        except LookingOnly:
            raise
        except Exception as error:  # noqa: BLE001  # one step that cannot be looked at hides no other; it is logged
            logger.warning("reconciler.cannot_look", step=step.name, error=str(as_step_error(error, step=step.name)))
            return None
        kind = _kind_of(observed)
        if kind is None or not isinstance(observed, Absent | Changed):
            return None
        repair = "automatic" if await self._may_repair(stack, step) else "manual"
        return step.name, {"kind": kind, "detail": observed.detail, "repair": repair}

    async def _may_repair(self, stack: Stack, step: Step[D]) -> bool:
        async with self._database.tenant_session(stack.tenant_id) as session:
            rows = await repository.list_living(session, stack.id)
        holds_data = any(row.holds_data for row in rows if row.step == step.name)
        return step.name in self._policy.automatic_steps and not holds_data

    async def find_orphans(self) -> int:
        """Compares the cloud's inventory with the whole ledger and reports what the ledger lacks; returns how many."""
        found = await self._inventory.found()
        known = await lookups.known_external_ids(self._database)
        orphans = [each for each in found if each.external_id not in known]
        await lookups.report_orphans(self._database, [(each.tenant_id or PLATFORM_TENANT, each) for each in orphans])
        return len(orphans)


def _kind_of(observed: Observation) -> str | None:
    return {Absent: "missing", Changed: "changed"}.get(type(observed))


def _looking(database: Database, stack: Stack, step: Step[D], dependencies: D) -> StepContext[D]:
    desired = DesiredState.model_validate(stack.observed)

    async def log(message: str) -> None:
        logger.info("reconciler.step_log", step=step.name, message=message)

    async def announce(event: Event) -> None:
        raise LookingOnly(f"announce {event.type}")

    return StepContext(
        tenant_id=stack.tenant_id,
        stack=stack_ref(stack, desired),
        deployment=DeploymentRef(id=stack.id, kind="reconcile", generation=stack.observed_generation),
        desired=desired,
        previous=None,
        outputs=stack.outputs,
        previous_outputs={},
        own=stack.outputs.get(step.name, {}),
        attempt=1,
        deadline=datetime.now(UTC),
        dependencies=dependencies,
        resources=LookingLedger(database, tenant_id=stack.tenant_id, stack_id=stack.id, deployment_id=None),
        log=log,
        announce=announce,
        step=step.name,
    )
