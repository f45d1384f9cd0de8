"""How long a deployment's phases are expected to take, and when it will have ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services.provisioner.deployments.models import Deployment, DeploymentStep
from services.provisioner.deployments.service import REPAIR
from services.provisioner.engine.recipes import Recipes
from services.provisioner.engine.step import PHASES


def expected_seconds(
    deployment: Deployment, steps: Sequence[DeploymentStep], *, medians: Mapping[str, int], recipes: Recipes
) -> dict[str, int]:
    """Seconds by phase: `medians` of earlier deployments of the kind, else what the recipe says of the steps it has.

    A phase without steps takes none.
    """
    recipe = recipes["create" if deployment.kind == REPAIR else deployment.kind]
    usual = {entry.step: entry.usual for entry in recipe}
    said = {phase: sum(usual.get(step.name, 1) for step in steps if step.phase == phase) for phase in PHASES}
    return {phase: medians.get(phase, seconds) if seconds else 0 for phase, seconds in said.items()}


def expected_finish(
    deployment: Deployment, steps: Sequence[DeploymentStep], *, expected: Mapping[str, int], now: datetime
) -> datetime | None:
    """When the deployment will have ended if each phase takes as long as expected; a late one is expected at once.

    None where nobody can say: it has not begun, it goes back, or it has ended.
    """
    if deployment.started_at is None or deployment.finished_at is not None or deployment.direction != "forward":
        return None
    finish = now
    for phase, seconds in expected.items():
        of_phase = [step for step in steps if step.phase == phase]
        if all(step.status == "done" for step in of_phase):
            continue
        begun = min((step.started_at for step in of_phase if step.started_at), default=None)
        finish = finish + timedelta(seconds=seconds) if begun is None else _end(begun, seconds, now)
    return finish


def _end(begun: datetime, seconds: int, now: datetime) -> datetime:
    return max(now, begun + timedelta(seconds=seconds))
