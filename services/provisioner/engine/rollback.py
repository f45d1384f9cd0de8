"""Takes back what a deployment made: in reverse, as durably as it was made, and never what holds data."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic

import structlog
from sqlalchemy import func

from libs.common.failpoints import FailpointReached, failpoint
from services.provisioner.deployments.models import DeploymentStep
from services.provisioner.engine import repository, sentences
from services.provisioner.engine.failures import as_step_error, failed_values, shown
from services.provisioner.engine.journal import Journal, Story
from services.provisioner.engine.lease import LeaseLost
from services.provisioner.engine.step import D, StepError, StepFailed, Wait
from services.provisioner.engine.verbs import Verbs
from services.provisioner.resources import repository as resources
from services.provisioner.resources.models import ResourceRow
from services.provisioner.stacks import repository as stacks
from services.provisioner.stacks.models import Stack

CRASH_LIMIT = 10
BOUNDARIES = (
    "before_compensating", "after_compensating", "before_compensate", "after_compensate", "before_compensated",
    "after_compensated",
)  # fmt: skip
"""Where a worker may die while it takes a step back, in order; tests kill at each."""
TO_TAKE_BACK = frozenset({"running", "waiting", "done", "failed", "compensating"})
logger = structlog.get_logger()


class Rollback(Generic[D]):
    """The way back of the deployment in `journal`."""

    def __init__(self, journal: Journal, stack: Stack, verbs: Verbs[D]) -> None:
        self._journal = journal
        self._stack = stack
        self._verbs = verbs

    async def turn_back(self, record: DeploymentStep | None, error: StepError | None) -> None:
        """From here on the deployment goes back: because `record` failed with `error`, or on request (both None)."""
        values: dict[str, object] = {"direction": "back", "pivoted": False}
        if record is None or error is None:
            message = "It was cancelled. What was made is being taken back."
        else:
            message = sentences.going_back(record.name, error)
            values["error"] = shown(error, step=record.name, phase=record.phase)
        values["message"] = message
        story: list[Story] = []
        if record is not None and error is not None:
            story.append(("step", self._journal.told(record, "failed", error.message, code=error.code)))
        story.append(("deployment", {"status": "running", "progress": self._journal.progress, "message": message}))
        async with self._journal.transaction(values, story=story) as session:
            if record is not None and error is not None:
                failed = await repository.write_step(session, record.id, failed_values(error))
        if record is not None and error is not None:
            self._journal.replace(failed)

    async def advance(self, *, crashed: bool) -> bool:
        """Takes one step back, the last first; False when the deployment has ended or waits."""
        started = [step for step in self._journal.steps if step.status in TO_TAKE_BACK]
        if not started:
            await self._end()
            return False
        record = started[-1]
        self._journal.notice_wakes()
        try:
            record = await self._start(record, crashed=crashed)
            result = await self._verbs.compensate(record)
        except (LeaseLost, FailpointReached):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it was ends the step, recorded, and not the worker
            return await self._failed(self._journal.current(record), as_step_error(error, step=record.name))
        if isinstance(result, Wait):
            return await self._wait(record, result)
        await self._taken_back(record)
        return True

    async def _start(self, record: DeploymentStep, *, crashed: bool) -> DeploymentStep:
        if record.status == "compensating":
            return await self._resume(record) if crashed else record
        failpoint(f"engine.{record.name}.before_compensating")
        values = {
            "status": "compensating",
            "attempts": 1,
            "crashes": 0,
            "reason": None,
            "deadline_at": repository.after(record.deadline_seconds),
        }
        done = sum(step.status == "done" and step is not record for step in self._journal.steps)
        story = [("step", self._journal.told(record, "compensating"))]
        record = await self._journal.write_step(record, values, values={"steps_done": done}, story=story)
        failpoint(f"engine.{record.name}.after_compensating")
        return record

    async def _resume(self, record: DeploymentStep) -> DeploymentStep:
        record = await self._journal.write_step(record, {"crashes": record.crashes + 1})
        if record.crashes > CRASH_LIMIT:
            detail = f"{record.crashes} workers died in it"
            raise StepFailed("worker_crashed", "Our software failed again and again here.", operator_detail=detail)
        return record

    async def _wait(self, record: DeploymentStep, wait: Wait) -> bool:
        if record.deadline_at is not None and datetime.now(UTC) >= record.deadline_at:
            return await self._failed(record, StepFailed("deadline_exceeded", f"It took too long: {wait.reason}"))
        values = self._journal.waiting_values(wait.seconds, no_later_than=record.deadline_at)
        told = ("step", self._journal.told(record, "compensating", wait.reason))
        story = [] if record.reason == wait.reason else [told]
        await self._journal.write_step(record, {"reason": wait.reason}, values=values, story=story)
        return False

    async def _taken_back(self, record: DeploymentStep) -> None:
        failpoint(f"engine.{record.name}.before_compensated")
        values = {"status": "compensated", "reason": None, "finished_at": func.clock_timestamp()}
        story = [("step", self._journal.told(record, "compensated"))]
        await self._journal.write_step(self._journal.current(record), values, story=story)
        failpoint(f"engine.{record.name}.after_compensated")

    async def _failed(self, record: DeploymentStep, error: StepError) -> bool:
        logger.warning("engine.compensation_failed", step=record.name, attempt=record.attempts, error=str(error))
        if error.retryable and record.attempts < record.max_attempts:
            delay = self._verbs.retry_policy(record).delay(max(1, record.attempts))
            values = {"attempts": record.attempts + 1, "operator_detail": error.operator_detail}
            await self._journal.write_step(record, values, values=self._journal.waiting_values(delay))
            return False
        message = sentences.rollback_failed(
            self._journal.deployment.error, sentences.not_taken_back(record.name, error)
        )
        values = failed_values(error, status="compensation_failed")
        error_shown = self._journal.deployment.error or shown(error, step=record.name, phase=record.phase)
        failed = ("step", self._journal.told(record, "compensation_failed", error.message, code=error.code))
        async with self._journal.final(
            "rollback_failed", message, values={"error": error_shown}, story=[failed]
        ) as session:
            await repository.write_step(session, record.id, values)
            await stacks.update_stack(session, self._stack.id, {"status": "error"})
        return False

    async def _end(self) -> None:
        deployment = self._journal.deployment
        async with self._journal.database.tenant_session(deployment.tenant_id) as session:
            left = await resources.list_made(session, deployment.id)
            kept = [_named(row) for row in await resources.list_quarantined(session, deployment.id)]
        failpoint("engine.rollback.before_commit")
        if left:
            await self._end_with_leftovers(left)
        elif deployment.error is None:
            async with self._journal.final("canceled", sentences.canceled(kept)) as session:
                await stacks.update_stack(session, self._stack.id, {"status": self._stack_status("pending")})
        else:
            async with self._journal.final("rolled_back", sentences.rolled_back(deployment.error, kept)) as session:
                await stacks.update_stack(session, self._stack.id, {"status": self._stack_status("error")})
        failpoint("engine.rollback.after_commit")

    async def _end_with_leftovers(self, left: Sequence[ResourceRow]) -> None:
        message = sentences.rollback_failed(
            self._journal.deployment.error, sentences.left_behind([_named(row) for row in left])
        )
        async with self._journal.final("rollback_failed", message) as session:
            await stacks.update_stack(session, self._stack.id, {"status": "error"})

    def _stack_status(self, without_stack: str) -> str:
        return without_stack if self._stack.observed is None else "ready"


def _named(row: ResourceRow) -> str:
    return f"{sentences.title(row.kind)} {row.name}"
