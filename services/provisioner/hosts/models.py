"""Hosts, the stacks placed on them, what they are told, and what they report."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
from services.provisioner.base import Base


class Host(Base):
    """An EC2 instance that runs stacks; it belongs to the platform. `memory_mib` is what stacks may reserve together.

    `boots` counts the instances started under this id. The one-time token is known by its hash until the first call
    with the credential that it was exchanged for.
    """

    __tablename__ = "host"
    __table_args__ = keeps(
        owner="provisioner",
        impersonal={"name": "the machine's"},
        retention="platform",
        erasure=Kept("the platform's own"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    instance_id: Mapped[str | None]
    memory_mib: Mapped[int]
    reserved_mib: Mapped[int]
    boots: Mapped[int]
    token_hash: Mapped[bytes | None]
    token_expires_at: Mapped[datetime | None]
    credential_hash: Mapped[bytes | None]
    agent_version: Mapped[str]
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Placement(Base):
    """A stack's place on a host, or in the queue for one where `host_id` is null. Older ones are served first."""

    __tablename__ = "placement"
    __table_args__ = keeps(owner="provisioner", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID]
    host_id: Mapped[UUID | None]
    memory_mib: Mapped[int]
    ingress_port: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class HostCommand(Base):
    """An order to a host's agent. `payload` holds references only; values are resolved when the agent fetches it."""

    __tablename__ = "host_command"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("payload",),
        retention=Timed(after=timedelta(days=90), since="finished_at"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID]
    host_id: Mapped[UUID]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    status: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]


class StackReportRow(Base):
    """The newest word of a host on one stack. `apps` is {name: {status, detail}}; bytes are totals on this host.

    `healthy_seconds` counts from `first_healthy_at` on, which the stack's uptime is measured by.
    """

    __tablename__ = "stack_report"
    __table_args__ = keeps(owner="provisioner", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID]
    host_id: Mapped[UUID]
    generation: Mapped[int]
    mode: Mapped[str]
    apps: Mapped[dict[str, Any]]
    healthy: Mapped[bool]
    storage_bytes: Mapped[int]
    bandwidth_bytes: Mapped[int]
    bandwidth_recorded: Mapped[int]
    first_healthy_at: Mapped[datetime | None]
    healthy_seconds: Mapped[float]
    reported_at: Mapped[datetime]
