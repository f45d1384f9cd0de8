"""Deployments, their steps, and the append-only story of what happened."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
from services.provisioner.base import Base


class Deployment(Base):
    """One run of a recipe. `desired` is a copy, so that a later change of the stack never changes running work.

    `direction` is `forward`, or `back` while compensating. `fence` grows with each claim; a write that does not name
    the present fence and a live lease changes nothing. `wakes` counts requests to look again.
    """

    __tablename__ = "deployment"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("desired", "previous", "previous_outputs"),
        retention="tenant",
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID]
    kind: Mapped[str]
    cause: Mapped[str]
    retry_of: Mapped[UUID | None]
    status: Mapped[str]
    direction: Mapped[str]
    pivoted: Mapped[bool]
    desired: Mapped[dict[str, Any]]
    generation: Mapped[int]
    previous: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    previous_outputs: Mapped[dict[str, Any]]
    message: Mapped[str]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    steps_total: Mapped[int]
    steps_done: Mapped[int]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int]
    next_run_at: Mapped[datetime | None]
    wakes: Mapped[int]
    cancel_requested_at: Mapped[datetime | None]
    last_seq: Mapped[int]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class DeploymentStep(Base):
    """One step, copied from the recipe. `reason` says what it waits for; `operator_detail` is not shown to tenants.

    `attempts` counts starts that were not the end of a wait, `crashes` the workers that died in it.
    """

    __tablename__ = "deployment_step"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("outputs",),
        impersonal={"name": "the step's"},
        retention="tenant",
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    deployment_id: Mapped[UUID]
    position: Mapped[int]
    phase: Mapped[str]
    name: Mapped[str]
    pivot: Mapped[bool]
    deadline_seconds: Mapped[float]
    max_attempts: Mapped[int]
    status: Mapped[str]
    attempts: Mapped[int]
    crashes: Mapped[int]
    deadline_at: Mapped[datetime | None]
    outputs: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    operator_detail: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class DeploymentEvent(Base):
    """One thing that happened; `seq` counts from 1 without gaps and is the id of the server-sent event."""

    __tablename__ = "deployment_event"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("data",),
        retention=Timed(
            after=timedelta(days=90),
            since="created_at",
            only="(tenant_id, deployment_id) IN (SELECT tenant_id, id FROM deployment WHERE finished_at IS NOT NULL)",
        ),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    deployment_id: Mapped[UUID]
    seq: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PhaseDuration(Base):
    """How long a phase of one kind of deployment takes: the median of the newest `samples` that succeeded."""

    __tablename__ = "phase_duration"
    __table_args__ = keeps(
        owner="provisioner",
        retention="platform",
        erasure=Kept("medians over many deployments, which tell of nobody"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    median_seconds: Mapped[int]
    samples: Mapped[int]
