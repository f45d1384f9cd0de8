"""Create the platform's tables and those of the deployment engine."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.migrations.platform import create_platform_tables
from libs.common.migrations.row_security import enable_tenant_security

revision = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATUSES = (
    "queued", "running", "waiting", "succeeded", "rolled_back", "rollback_failed", "canceled", "needs_customer",
    "needs_operator",
)  # fmt: skip
STEP_STATUSES = (
    "pending", "running", "waiting", "done", "failed", "compensating", "compensated", "compensation_failed",
)  # fmt: skip
RESOURCE_STATES = ("intended", "exists", "removing", "removed", "quarantined", "unknown")


def upgrade() -> None:
    create_platform_tables()
    _create_stack()
    _create_deployment()
    _create_deployment_step()
    _create_deployment_event()
    _create_resource()
    _create_drift()
    for table in ("stack", "deployment", "deployment_step", "resource", "drift"):
        enable_tenant_security(table)
    enable_tenant_security("deployment_event", append_only=True)


def downgrade() -> None:
    for table in ("drift", "resource", "deployment_event", "deployment_step", "deployment", "stack"):
        op.drop_table(table)
    for table in ("tenant_access", "idempotency_key", "inbox", "outbox"):
        op.drop_table(table)


def _ids() -> tuple["sa.Column[object]", "sa.Column[object]"]:
    return sa.Column("tenant_id", sa.Uuid(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _number(name: str, default: str = "0") -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default=default)


def _flag(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Boolean(), nullable=False, server_default="false")


def _document(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, JSONB(none_as_null=True), nullable=nullable, server_default=None if nullable else "{}")


def _moment(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    default = None if nullable else sa.func.clock_timestamp()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default)


def _one_of(column: str, values: Sequence[str]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def _belongs_to(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def _create_stack() -> None:
    op.create_table(
        "stack",
        *_ids(),
        _text("slug", nullable=True),
        _text("status"),
        _text("host_kind", nullable=True),
        _text("aws_account", nullable=True),
        _text("region"),
        _document("plan", nullable=True),
        _number("plan_version"),
        _document("desired", nullable=True),
        _number("desired_generation"),
        _document("observed", nullable=True),
        _number("observed_generation"),
        _document("outputs"),
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        sa.UniqueConstraint("tenant_id", name="uq_stack_tenant_id"),
        _one_of("status", ("pending", "provisioning", "ready", "changing", "error")),
        _one_of("host_kind", ("shared", "dedicated")),
    )


def _create_deployment() -> None:
    op.create_table(
        "deployment",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        _text("kind"),
        _text("cause"),
        sa.Column("retry_of", sa.Uuid(), nullable=True),
        _text("status"),
        _text("direction", default="forward"),
        _flag("pivoted"),
        _document("desired"),
        _number("generation"),
        _document("previous", nullable=True),
        _document("previous_outputs"),
        _text("message", default=""),
        _document("error", nullable=True),
        _number("steps_total"),
        _number("steps_done"),
        _text("lease_owner", nullable=True),
        _moment("lease_until"),
        _number("fence"),
        _moment("next_run_at"),
        _number("wakes"),
        _moment("cancel_requested_at"),
        _number("last_seq"),
        _number("version"),
        _moment("created_at", nullable=False),
        _moment("started_at"),
        _moment("finished_at"),
        _belongs_to("stack", "stack_id"),
        sa.UniqueConstraint("tenant_id", "cause", name="uq_deployment_tenant_id_cause"),
        _one_of("status", STATUSES),
        _one_of("direction", ("forward", "back")),
        sa.CheckConstraint("(lease_owner IS NOT NULL) = (status = 'running')", name="lease"),
    )
    op.create_index(
        "uq_deployment_active",
        "deployment",
        ["tenant_id", "stack_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('running', 'waiting')"),
    )
    op.create_index(
        "ix_deployment_unfinished",
        "deployment",
        ["next_run_at"],
        postgresql_where=sa.text("status IN ('queued', 'running', 'waiting')"),
    )


def _create_deployment_step() -> None:
    op.create_table(
        "deployment_step",
        *_ids(),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        _number("position"),
        _text("phase"),
        _text("name"),
        _flag("pivot"),
        sa.Column("deadline_seconds", sa.Double(), nullable=False),
        _number("max_attempts"),
        _text("status", default="pending"),
        _number("attempts"),
        _number("crashes"),
        _moment("deadline_at"),
        _document("outputs"),
        _text("reason", nullable=True),
        _document("error", nullable=True),
        _text("operator_detail", nullable=True),
        _moment("started_at"),
        _moment("finished_at"),
        _belongs_to("deployment", "deployment_id"),
        sa.UniqueConstraint("tenant_id", "deployment_id", "position", name="uq_deployment_step_position"),
        sa.UniqueConstraint("tenant_id", "deployment_id", "name", name="uq_deployment_step_name"),
        _one_of("status", STEP_STATUSES),
    )


def _create_deployment_event() -> None:
    op.create_table(
        "deployment_event",
        *_ids(),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        _number("seq"),
        _text("kind"),
        _document("data"),
        _moment("created_at", nullable=False),
        _belongs_to("deployment", "deployment_id"),
        sa.UniqueConstraint("tenant_id", "deployment_id", "seq", name="uq_deployment_event_seq"),
    )


def _create_resource() -> None:
    op.create_table(
        "resource",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=True),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        _text("step", nullable=True),
        _text("kind"),
        _text("name"),
        _text("external_id", nullable=True),
        _text("client_token"),
        _document("tags"),
        _text("state"),
        _flag("holds_data"),
        _text("note", default=""),
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        _belongs_to("stack", "stack_id"),
        _belongs_to("deployment", "deployment_id"),
        _one_of("state", RESOURCE_STATES),
    )
    op.create_index(
        "uq_resource_living",
        "resource",
        ["tenant_id", "kind", "name"],
        unique=True,
        postgresql_where=sa.text("state <> 'removed'"),
    )
    op.create_index("ix_resource_deployment", "resource", ["tenant_id", "deployment_id"])


def _create_drift() -> None:
    op.create_table(
        "drift",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=True),
        _text("subject"),
        _text("kind"),
        _text("detail"),
        _text("repair"),
        _moment("detected_at", nullable=False),
        _moment("resolved_at"),
        _belongs_to("stack", "stack_id"),
        _one_of("kind", ("missing", "changed", "orphan")),
        _one_of("repair", ("automatic", "manual")),
    )
    op.create_index(
        "uq_drift_open",
        "drift",
        ["tenant_id", "subject"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
