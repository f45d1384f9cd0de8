"""Create the tables of hosts, placements, host commands, reports, backups and outgoing mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.migrations.row_security import enable_tenant_security, grant_platform_only

revision = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TENANT_TABLES = ("placement", "host_command", "stack_report", "backup", "outgoing_mail")


def upgrade() -> None:
    _create_host()
    _create_placement()
    _create_host_command()
    _create_stack_report()
    _create_backup()
    _create_outgoing_mail()
    for table in TENANT_TABLES:
        enable_tenant_security(table)
    grant_platform_only("host", app_rights="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    for table in (*reversed(TENANT_TABLES), "host"):
        op.drop_table(table)


def _ids() -> tuple["sa.Column[object]", "sa.Column[object]"]:
    return sa.Column("tenant_id", sa.Uuid(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable, server_default=None if nullable else "0")


def _document(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, JSONB(none_as_null=True), nullable=nullable, server_default=None if nullable else "{}")


def _moment(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    default = None if nullable else sa.func.clock_timestamp()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default)


def _one_of(column: str, values: Sequence[str]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def _of_stack() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", "stack_id"], ["stack.tenant_id", "stack.id"])


def _create_host() -> None:
    op.create_table(
        "host",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("kind"),
        _text("name"),
        _text("status"),
        _text("instance_id", nullable=True),
        _number("memory_mib"),
        _number("reserved_mib"),
        _number("boots"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        _moment("token_expires_at"),
        sa.Column("credential_hash", sa.LargeBinary(), nullable=True),
        _text("agent_version", default=""),
        _moment("last_seen_at"),
        _moment("created_at", nullable=False),
        _one_of("kind", ("shared", "dedicated")),
        _one_of("status", ("starting", "ready", "retired")),
        sa.CheckConstraint("reserved_mib BETWEEN 0 AND memory_mib", name="reserved_mib"),
    )
    op.create_index("uq_host_token_hash", "host", ["token_hash"], unique=True)
    op.create_index("uq_host_credential_hash", "host", ["credential_hash"], unique=True)


def _create_placement() -> None:
    op.create_table(
        "placement",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("host.id"), nullable=True),
        _number("memory_mib"),
        _number("ingress_port", nullable=True),
        _moment("created_at", nullable=False),
        _of_stack(),
        sa.CheckConstraint("(host_id IS NULL) = (ingress_port IS NULL)", name="placed"),
    )
    op.create_index(
        "uq_placement_host", "placement", ["tenant_id", "stack_id", "host_id"], unique=True,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("uq_placement_ingress_port", "placement", ["host_id", "ingress_port"], unique=True)


def _create_host_command() -> None:
    op.create_table(
        "host_command",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("host.id"), nullable=False),
        _text("kind"),
        _document("payload"),
        _text("status", default="queued"),
        _document("result", nullable=True),
        _moment("created_at", nullable=False),
        _moment("finished_at"),
        _of_stack(),
        _one_of("kind", ("apply_stack", "remove_stack", "back_up_stack", "restore_stack")),
        _one_of("status", ("queued", "succeeded", "failed")),
    )
    op.create_index(
        "ix_host_command_queued", "host_command", ["host_id", "id"], postgresql_where=sa.text("status = 'queued'")
    )


def _create_stack_report() -> None:
    op.create_table(
        "stack_report",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), sa.ForeignKey("host.id"), nullable=False),
        _number("generation"),
        _text("mode"),
        _document("apps"),
        sa.Column("healthy", sa.Boolean(), nullable=False),
        _number("storage_bytes"),
        _number("bandwidth_bytes"),
        _number("bandwidth_recorded"),
        _moment("first_healthy_at"),
        sa.Column("healthy_seconds", sa.Double(), nullable=False, server_default="0"),
        _moment("reported_at", nullable=False),
        _of_stack(),
        sa.UniqueConstraint("tenant_id", "stack_id", "host_id", name="uq_stack_report_host"),
    )


def _create_backup() -> None:
    op.create_table(
        "backup",
        *_ids(),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        _text("reason"),
        _text("status"),
        _text("bucket"),
        _text("archive_key"),
        _text("manifest_key"),
        _text("manifest_sha256", nullable=True),
        _text("archive_sha256", nullable=True),
        _number("archive_bytes", nullable=True),
        _number("files", nullable=True),
        _number("content_bytes", nullable=True),
        _moment("created_at", nullable=False),
        _moment("completed_at"),
        _moment("verified_at"),
        _of_stack(),
        _one_of("status", ("running", "complete", "failed")),
    )


def _create_outgoing_mail() -> None:
    op.create_table(
        "outgoing_mail",
        *_ids(),
        _text("kind"),
        _document("parameters"),
        _number("attempts"),
        _moment("next_attempt_at"),
        _moment("sent_at"),
        _text("last_error", nullable=True),
        _moment("created_at", nullable=False),
    )
    op.create_index(
        "ix_outgoing_mail_due", "outgoing_mail", ["next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )  # fmt: skip
