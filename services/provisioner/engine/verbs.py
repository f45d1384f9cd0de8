"""Calls the verbs of a deployment's steps: with their context, within their time, and only while the lease lives."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from libs.common.events import Event
from libs.common.failpoints import failpoint
from services.provisioner.deployments.models import DeploymentStep
from services.provisioner.deployments.service import REPAIR
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.ledger import StepLedger
from services.provisioner.engine.outbox import announce_once
from services.provisioner.engine.step import (
    D,
    DeploymentRef,
    Done,
    NeedsOperator,
    Observation,
    Outputs,
    RetryPolicy,
    StackRef,
    Step,
    StepContext,
    StepError,
    Wait,
)
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.models import Stack

T = TypeVar("T")


class Verbs(Generic[D]):
    """The verbs of all steps of the deployment that `journal` records."""

    def __init__(self, journal: Journal, stack: Stack, steps: Mapping[str, Step[D]], dependencies: D) -> None:
        self._journal = journal
        self._stack = stack
        self._steps = steps
        self._dependencies = dependencies

    def step(self, record: DeploymentStep) -> Step[D]:
        """The step of that name. Raises `NeedsOperator` if this release has none."""
        step = self._steps.get(record.name)
        if step is None:
            detail = f"this release has no step named {record.name}"
            raise NeedsOperator("step_unknown", "Our software changed while this was running.", operator_detail=detail)
        return step

    def retry_policy(self, record: DeploymentStep) -> RetryPolicy:
        """The pauses between attempts of that step; the usual ones where this release does not know it."""
        step = self._steps.get(record.name)
        return RetryPolicy() if step is None else step.retry

    async def observe(self, record: DeploymentStep) -> Observation:
        return await self._call("observe", record, self.step(record).observe)

    async def ensure(self, record: DeploymentStep) -> Done | Wait:
        return await self._call("ensure", record, self.step(record).ensure)

    async def verify(self, record: DeploymentStep) -> Done | Wait:
        return await self._call("verify", record, self.step(record).verify)

    async def compensate(self, record: DeploymentStep) -> Done | Wait:
        return await self._call("compensate", record, self.step(record).compensate)

    async def expired(self, record: DeploymentStep, reason: str) -> Done | StepError:
        step = self.step(record)
        return await self._call("expired", record, lambda context: step.expired(context, reason))

    async def _call(self, verb: str, record: DeploymentStep, call: Callable[[StepContext[D]], Awaitable[T]]) -> T:
        context = self.context(record)
        self._journal.lease.check()
        failpoint(f"engine.{record.name}.before_{verb}")
        async with asyncio.timeout(self.step(record).call_seconds):
            result = await call(context)
        failpoint(f"engine.{record.name}.after_{verb}")
        return result

    def context(self, record: DeploymentStep) -> StepContext[D]:
        """What a verb of this step may use."""
        deployment = self._journal.deployment
        desired = DesiredState.model_validate(deployment.desired)
        if record.deadline_at is None:
            raise RuntimeError(f"step {record.name} was called before it was started")
        return StepContext(
            tenant_id=deployment.tenant_id,
            stack=stack_ref(self._stack, desired),
            deployment=DeploymentRef(id=deployment.id, kind=deployment.kind, generation=deployment.generation),
            desired=desired,
            previous=None if deployment.previous is None else DesiredState.model_validate(deployment.previous),
            outputs=self._outputs(),
            previous_outputs=deployment.previous_outputs,
            own=record.outputs,
            attempt=record.attempts,
            deadline=record.deadline_at,
            dependencies=self._dependencies,
            resources=StepLedger(self._journal, record.name),
            log=lambda message: self._log(record, message),
            announce=self._announce,
            step=record.name,
        )

    def _outputs(self) -> dict[str, Outputs]:
        deployment = self._journal.deployment
        # A repair runs some steps of a stack that stands: the others' outputs are those that made it.
        standing = deployment.previous_outputs if deployment.kind == REPAIR else {}
        return {**standing, **{step.name: step.outputs for step in self._journal.steps if step.status == "done"}}

    async def _log(self, record: DeploymentStep, message: str) -> None:
        data: dict[str, Any] = {"step": record.name, "phase": record.phase, "message": message}
        await self._journal.tell("log", data)

    async def _announce(self, event: Event) -> None:
        async with self._journal.transaction() as session:
            await announce_once(session, event)


def stack_ref(stack: Stack, desired: DesiredState) -> StackRef:
    """The stack as steps see it."""
    return StackRef(id=stack.id, slug=desired.slug, region=desired.region, aws_account=stack.aws_account)
