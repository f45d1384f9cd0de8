"""Turns rows of deployments into what crosses the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.provisioner.deployments.expectations import expected_finish
from services.provisioner.deployments.models import Deployment, DeploymentStep
from services.provisioner.deployments.repository import UNFINISHED
from services.provisioner.deployments.schemas import (
    DeploymentError,
    DeploymentLine,
    DeploymentView,
    PhaseStatus,
    PhaseView,
    StepError,
    StepView,
)
from services.provisioner.deployments.service import FAILED
from services.provisioner.engine.step import PHASES, Phase

_FIRST_FOUND: tuple[tuple[PhaseStatus, frozenset[str]], ...] = (
    ("failed", frozenset({"failed", "compensation_failed"})),
    ("going_back", frozenset({"compensating"})),
    ("taken_back", frozenset({"compensated"})),
    ("waiting", frozenset({"waiting"})),
    ("running", frozenset({"running"})),
)


def line(deployment: Deployment) -> DeploymentLine:
    """The deployment as in a list."""
    return DeploymentLine.model_validate(_common(deployment))


def view(
    deployment: Deployment,
    steps: Sequence[DeploymentStep],
    *,
    expected: Mapping[str, int],
    newest: bool,
    now: datetime,
) -> DeploymentView:
    """The deployment with its phases, all eight in their order; `newest` says that its stack has no later one."""
    unfinished = deployment.status in UNFINISHED
    phases = [
        phase_view(phase, [step for step in steps if step.phase == phase], expected=expected[phase]) for phase in PHASES
    ]
    more = {
        "cancelable": unfinished and not deployment.pivoted and deployment.direction == "forward",
        "cancel_requested": deployment.cancel_requested_at is not None,
        "retryable": newest and deployment.status in FAILED,
        "expected_finished_at": expected_finish(deployment, steps, expected=expected, now=now),
        "phases": phases,
    }
    return DeploymentView.model_validate(_common(deployment) | more)


def progress(deployment: Deployment) -> int:
    """The percentage of finished steps."""
    return 100 * deployment.steps_done // max(1, deployment.steps_total)


def phase_view(phase: Phase, steps: Sequence[DeploymentStep], *, expected: int) -> PhaseView:
    """A phase by its steps; `expected` is in seconds."""
    status = phase_status([step.status for step in steps])
    ended = status in {"done", "failed", "taken_back"}
    return PhaseView(
        name=phase,
        status=status,
        expected_seconds=expected,
        started_at=min((step.started_at for step in steps if step.started_at), default=None),
        finished_at=max((step.finished_at for step in steps if step.finished_at), default=None) if ended else None,
        steps=[_step_view(step) for step in steps],
    )


def phase_status(statuses: Sequence[str]) -> PhaseStatus:
    """The worst of the steps' statuses that says what goes on; between two steps a phase is running."""
    for status, of_steps in _FIRST_FOUND:
        if of_steps.intersection(statuses):
            return status
    done = sum(status == "done" for status in statuses)
    if done == len(statuses):
        return "done"
    return "running" if done else "pending"


def _common(deployment: Deployment) -> dict[str, object]:
    error = None if deployment.error is None else DeploymentError.model_validate(deployment.error)
    return {
        "id": deployment.id,
        "kind": deployment.kind,
        "status": deployment.status,
        "progress": progress(deployment),
        "message": deployment.message,
        "error": error,
        "created_at": deployment.created_at,
        "started_at": deployment.started_at,
        "finished_at": deployment.finished_at,
    }


def _step_view(step: DeploymentStep) -> StepView:
    return StepView.model_validate(
        {
            "name": step.name,
            "status": step.status,
            "attempts": step.attempts,
            "reason": step.reason,
            "error": None if step.error is None else StepError.model_validate(step.error),
            "started_at": step.started_at,
            "finished_at": step.finished_at,
        }
    )
