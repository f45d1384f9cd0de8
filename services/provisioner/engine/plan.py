"""Copies a recipe into the steps of one deployment."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.provisioner.deployments.models import DeploymentStep
from services.provisioner.engine.recipes import Recipe
from services.provisioner.stacks.desired_state import DesiredState


def planned_steps(
    recipe: Recipe, desired: DesiredState, *, tenant_id: UUID, deployment_id: UUID
) -> list[dict[str, Any]]:
    """The rows of the steps that the desired state wants, in order."""
    wanted = [entry for entry in recipe if entry.applies(desired)]
    return [
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "deployment_id": deployment_id,
            "position": position,
            "phase": entry.phase,
            "name": entry.step,
            "pivot": entry.pivot,
            "deadline_seconds": entry.deadline,
            "max_attempts": entry.attempts,
            "status": "pending",
            "attempts": 0,
            "crashes": 0,
            "outputs": {},
        }
        for position, entry in enumerate(wanted, start=1)
    ]


def continued_steps(steps: Sequence[DeploymentStep], *, deployment_id: UUID) -> list[dict[str, Any]]:
    """The rows for going on where a deployment stopped after its pivot: what was done stays done."""
    return [_continued(step, deployment_id) for step in steps]


def _continued(step: DeploymentStep, deployment_id: UUID) -> dict[str, Any]:
    kept: Mapping[str, Any] = (
        {
            "status": "done",
            "attempts": step.attempts,
            "outputs": step.outputs,
            "started_at": step.started_at,
            "finished_at": step.finished_at,
        }
        if step.status == "done"
        else {"status": "pending", "attempts": 0, "outputs": {}, "started_at": None, "finished_at": None}
    )
    return {
        "tenant_id": step.tenant_id,
        "id": new_id(),
        "deployment_id": deployment_id,
        "position": step.position,
        "phase": step.phase,
        "name": step.name,
        "pivot": step.pivot,
        "deadline_seconds": step.deadline_seconds,
        "max_attempts": step.max_attempts,
        "crashes": 0,
        **kept,
    }
