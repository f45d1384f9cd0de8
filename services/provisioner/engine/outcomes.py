"""How a pass over a step ends: it waits, is tried again, turns the deployment back, parks it, or was the last one."""

from datetime import UTC, datetime
from typing import Generic

import structlog
from sqlalchemy import func

from libs.common.events import announce
from libs.common.failpoints import FailpointReached, failpoint
from libs.contracts.provisioner import DeploymentStatus, StackReady
from services.provisioner.deployments.models import DeploymentStep
from services.provisioner.engine import repository, sentences
from services.provisioner.engine.failures import as_step_error, failed_values, shown
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.lease import LeaseLost
from services.provisioner.engine.rollback import Rollback
from services.provisioner.engine.step import Absent, D, Done, NeedsCustomer, NeedsOperator, StepError, Wait
from services.provisioner.engine.verbs import Verbs
from services.provisioner.stacks import repository as stacks
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.models import Stack

logger = structlog.get_logger()


class Outcomes(Generic[D]):
    """Writes down what came of a step. The methods tell whether the deployment moves on in this worker."""

    def __init__(self, journal: Journal, stack: Stack, verbs: Verbs[D], rollback: Rollback[D]) -> None:
        self._journal = journal
        self._stack = stack
        self._verbs = verbs
        self._rollback = rollback

    async def finish(self, record: DeploymentStep, result: Done) -> None:
        journal = self._journal
        failpoint(f"engine.{record.name}.before_done")
        values = {
            "status": "done",
            "outputs": {**record.outputs, **result.outputs},
            "reason": None,
            "error": None,
            "finished_at": func.clock_timestamp(),
        }
        done = journal.done + 1
        story = [("step", self._journal.told(record, "done") | {"progress": 100 * done // len(journal.steps)})]
        async with journal.transaction({"steps_done": done}, story=story) as session:
            written = await repository.write_step(session, record.id, values)
            if record.pivot:
                now = [written if step.id == written.id else step for step in journal.steps]
                await stacks.update_stack(session, self._stack.id, self._served_now(now))
        journal.replace(written)
        failpoint(f"engine.{record.name}.after_done")

    def _served_now(self, steps: list[DeploymentStep]) -> dict[str, object]:
        desired = DesiredState.model_validate(self._journal.deployment.desired)
        outputs = {step.name: step.outputs for step in steps if step.status == "done"}
        return {
            "observed": self._journal.deployment.desired,
            "host_kind": desired.plan.host_kind,
            "outputs": {**self._journal.deployment.previous_outputs, **outputs},
        }

    async def wait(self, record: DeploymentStep, wait: Wait) -> bool:
        if record.deadline_at is not None and datetime.now(UTC) >= record.deadline_at:
            return await self._expired(record, wait.reason)
        story = [] if record.reason == wait.reason else [("step", self._journal.told(record, "waiting", wait.reason))]
        values = {
            **self._journal.waiting_values(wait.seconds, no_later_than=record.deadline_at),
            "message": wait.reason,
        }
        failpoint(f"engine.{record.name}.before_wait")
        await self._journal.write_step(record, {"status": "waiting", "reason": wait.reason}, values=values, story=story)
        failpoint(f"engine.{record.name}.after_wait")
        return False

    async def _expired(self, record: DeploymentStep, reason: str) -> bool:
        try:
            result = await self._verbs.expired(record, reason)
        except (LeaseLost, FailpointReached):
            raise
        except Exception as error:  # noqa: BLE001  # as above: the step ends, recorded
            result = as_step_error(error, step=record.name)
        if isinstance(result, Done):
            await self.finish(record, result)
            return True
        return await self.failed(record, result)

    async def failed(self, record: DeploymentStep, error: StepError) -> bool:
        logger.warning("engine.step_failed", step=record.name, attempt=record.attempts, error=str(error))
        if await self._retry(record, error):
            return False
        if isinstance(error, NeedsCustomer | NeedsOperator):
            return await self._park(record, error)
        if not self._journal.deployment.pivoted or (record.pivot and await self._did_not_happen(record)):
            await self._rollback.turn_back(record, error)
            return True
        return await self._park(record, error)

    async def _retry(self, record: DeploymentStep, error: StepError) -> bool:
        delay = self._verbs.retry_policy(record).delay(max(1, record.attempts))
        late = record.deadline_at is not None and datetime.now(UTC).timestamp() + delay > record.deadline_at.timestamp()
        if not error.retryable or record.attempts >= record.max_attempts or late:
            return False
        reason = f"{error.message} Trying again."
        values = {
            "status": "waiting",
            "reason": reason,
            "attempts": record.attempts + 1,
            "operator_detail": error.operator_detail,
        }
        await self._journal.write_step(
            record,
            values,
            values={**self._journal.waiting_values(delay), "message": reason},
            story=[("step", self._journal.told(record, "waiting", reason, code=error.code))],
        )
        return True

    async def _did_not_happen(self, record: DeploymentStep) -> bool:
        """Whether the pivot certainly left things as they were, so that the deployment can still go back."""
        try:
            return isinstance(await self._verbs.observe(record), Absent)
        except (LeaseLost, FailpointReached):
            raise
        except Exception as error:  # not knowing is an answer here: it did perhaps happen
            logger.warning("engine.pivot_unknown", step=record.name, exc_info=error)
            return False

    async def _park(self, record: DeploymentStep, error: StepError) -> bool:
        pivoted = self._journal.deployment.pivoted
        status: DeploymentStatus = "needs_operator"
        message = sentences.needs_operator(error, pivoted=pivoted)
        if isinstance(error, NeedsCustomer):
            status, message = "needs_customer", sentences.needs_customer(error)
        failed = ("step", self._journal.told(record, "failed", error.message, code=error.code))
        async with self._journal.final(status, message, values=_error(record, error), story=[failed]) as session:
            await repository.write_step(session, record.id, failed_values(error))
            if pivoted or self._stack.observed is None:
                await stacks.update_stack(session, self._stack.id, {"status": "error"})
            else:
                await stacks.update_stack(session, self._stack.id, {"status": "ready"})
        return False

    async def succeed(self) -> None:
        deployment = self._journal.deployment
        desired = DesiredState.model_validate(deployment.desired)
        failpoint("engine.finish.before_commit")
        async with self._journal.final("succeeded", sentences.succeeded(deployment.kind)) as session:
            values = self._served_now(self._journal.steps) | {"observed_generation": deployment.generation}
            await stacks.update_stack(session, self._stack.id, values | {"status": "ready"})
            ready = StackReady(
                tenant_id=deployment.tenant_id,
                stack_id=deployment.stack_id,
                deployment_id=deployment.id,
                host_kind=desired.plan.host_kind,
            )
            await announce(session, ready)
        failpoint("engine.finish.after_commit")


def _error(record: DeploymentStep, error: StepError) -> dict[str, object]:
    return {"error": shown(error, step=record.name, phase=record.phase)}
