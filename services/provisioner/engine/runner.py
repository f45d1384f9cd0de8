"""Carries one deployment forward, step by step, until it ends, waits, or its lease is lost.

Every step is: intent committed, observe, adopt or ensure, outputs committed, verify, end committed. Failpoints stand
around each, named `engine.<step>.<boundary>`.
"""

from collections.abc import Callable
from typing import Generic

from sqlalchemy import func

from libs.common.failpoints import FailpointReached, failpoint
from services.provisioner.deployments.models import DeploymentStep
from services.provisioner.engine import repository, sentences
from services.provisioner.engine.failures import as_step_error
from services.provisioner.engine.journal import CancelRequested, Journal
from services.provisioner.engine.lease import LeaseLost
from services.provisioner.engine.outcomes import Outcomes
from services.provisioner.engine.rollback import Rollback
from services.provisioner.engine.step import (
    D,
    Done,
    Outputs,
    Present,
    StepFailed,
    Wait,
)
from services.provisioner.engine.verbs import Verbs
from services.provisioner.stacks.models import Stack

CRASH_LIMIT = 10
BOUNDARIES = (
    "before_start", "after_start", "before_observe", "after_observe", "before_ensure", "after_ensure",
    "before_record", "after_record", "before_verify", "after_verify", "before_done", "after_done",
)  # fmt: skip
"""Where a worker may die in a step that goes forward, in order; tests kill at each."""


class Runner(Generic[D]):
    """Runs the deployment in `journal`. `stopping` says that the worker is to end: the deployment is handed back."""

    def __init__(self, journal: Journal, stack: Stack, verbs: Verbs[D], *, stopping: Callable[[], bool]) -> None:
        self._journal = journal
        self._stack = stack
        self._verbs = verbs
        self._stopping = stopping
        self._rollback = Rollback(journal, stack, verbs)
        self._outcomes = Outcomes(journal, stack, verbs, self._rollback)
        self._crash_to_count = journal.lease.abandoned

    async def run(self) -> None:
        """Goes on until the deployment ends or waits. Raises `LeaseLost`."""
        moving = True
        while moving and not self._stopping():
            if self._journal.deployment.direction == "back":
                moved = await self._rollback.advance(crashed=self._crash_to_count)
                self._crash_to_count = False
            else:
                moved = await self._forward()
            moving = moved
        if moving:
            await self._journal.hand_back()

    async def _forward(self) -> bool:
        deployment = self._journal.deployment
        if deployment.cancel_requested_at is not None and not deployment.pivoted:
            await self._rollback.turn_back(None, None)
            return True
        record = next((step for step in self._journal.steps if step.status != "done"), None)
        if record is None:
            await self._outcomes.succeed()
            return False
        return await self._advance(record)

    async def _advance(self, record: DeploymentStep) -> bool:
        self._journal.notice_wakes()
        try:
            record = await self._start(record)
            result = await self._bring_about(record)
        except CancelRequested:
            return True
        except (LeaseLost, FailpointReached):
            raise
        except Exception as error:  # noqa: BLE001  # whatever a step raises ends the step, recorded, and not the worker
            return await self._outcomes.failed(self._journal.current(record), as_step_error(error, step=record.name))
        if isinstance(result, Wait):
            return await self._outcomes.wait(self._journal.current(record), result)
        await self._outcomes.finish(self._journal.current(record), result)
        return True

    async def _start(self, record: DeploymentStep) -> DeploymentStep:
        if record.status != "pending":
            return await self._resume(record)
        failpoint(f"engine.{record.name}.before_start")
        values = {
            "status": "running",
            "attempts": 1,
            "started_at": func.clock_timestamp(),
            "deadline_at": repository.after(record.deadline_seconds),
        }
        story = [("step", self._journal.told(record, "running"))]
        # A cancel came before the pivot's write, or it is refused after it: both lock the deployment's row.
        pivoted = {"pivoted": True} if record.pivot else {}
        message = {"message": sentences.at_work(record.name)}
        record = await self._journal.write_step(
            record, values, values=pivoted | message, story=story, unless_canceled=record.pivot
        )
        failpoint(f"engine.{record.name}.after_start")
        return record

    async def _resume(self, record: DeploymentStep) -> DeploymentStep:
        if not self._crash_to_count:
            return record
        self._crash_to_count = False
        record = await self._journal.write_step(record, {"crashes": record.crashes + 1})
        if record.crashes > CRASH_LIMIT:
            detail = f"{record.crashes} workers died in it"
            raise StepFailed("worker_crashed", "Our software failed again and again here.", operator_detail=detail)
        return record

    async def _bring_about(self, record: DeploymentStep) -> Done | Wait:
        observed = await self._verbs.observe(record)
        result: Done | Wait = Done(observed.outputs) if isinstance(observed, Present) else Done()
        if not isinstance(observed, Present):
            result = await self._verbs.ensure(record)
        if isinstance(result, Wait):
            return result
        record = await self._record(self._journal.current(record), result.outputs)
        verified = await self._verbs.verify(record)
        return Done({**record.outputs, **verified.outputs}) if isinstance(verified, Done) else verified

    async def _record(self, record: DeploymentStep, outputs: Outputs) -> DeploymentStep:
        failpoint(f"engine.{record.name}.before_record")
        merged = {**record.outputs, **outputs}
        if merged != record.outputs:
            record = await self._journal.write_step(record, {"outputs": merged})
        failpoint(f"engine.{record.name}.after_record")
        return record
