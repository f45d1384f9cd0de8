"""What of deployments crosses the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.provisioner import DeploymentStatus
from services.provisioner.engine.step import Phase

StepStatus = Literal[
    "pending", "running", "waiting", "done", "failed", "compensating", "compensated", "compensation_failed"
]
PhaseStatus = Literal["pending", "running", "waiting", "done", "failed", "going_back", "taken_back"]


class DeploymentError(BaseModel):
    """Why a deployment failed: a stable code, a sentence, and where it was."""

    code: str
    message: str
    step: str | None = None
    phase: str | None = None


class StepError(BaseModel):
    code: str
    message: str


class StepView(BaseModel):
    """One step; `reason` says what it waits for."""

    name: str
    status: StepStatus
    attempts: int
    reason: str | None
    error: StepError | None
    started_at: datetime | None
    finished_at: datetime | None


class PhaseView(BaseModel):
    """One of the eight phases. Its times are those of its first and last step; `expected_seconds` is how long the
    whole phase takes as a rule."""

    name: Phase
    status: PhaseStatus
    expected_seconds: int
    started_at: datetime | None
    finished_at: datetime | None
    steps: list[StepView]


class DeploymentLine(BaseModel):
    """A deployment in a list. `progress` is the percentage of finished steps; `message` says what happens or happened
    and what to do next."""

    id: UUID
    kind: str
    status: DeploymentStatus
    progress: int
    message: str
    error: DeploymentError | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class DeploymentView(DeploymentLine):
    """A deployment with its phases and steps. `cancelable` is false once it is switching over or has ended.

    `cancel_requested` says that it was asked to stop; `retryable` that it ended without success and is the newest.
    `expected_finished_at` is null where nobody can say.
    """

    cancelable: bool
    cancel_requested: bool
    retryable: bool
    expected_finished_at: datetime | None
    phases: list[PhaseView]


class RetryAnswer(BaseModel):
    """The new deployment."""

    id: UUID
