"""The platform's tables, made by the first migration of every service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations.row_security import enable_tenant_security


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=nullable,
        server_default=None if nullable else sa.func.now(),
    )


def create_platform_tables() -> None:
    """Creates outbox, inbox, idempotency_key and tenant_access, and lets the services read the schema's revision."""
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("trace_context", postgresql.JSONB(), nullable=False, server_default="{}"),
        _moment("created_at"),
        _moment("published_at", nullable=True),
    )
    op.create_index("ix_outbox_unpublished", "outbox", ["position"], postgresql_where=sa.text("published_at IS NULL"))
    op.create_table(
        "inbox",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("consumer", sa.Text(), primary_key=True),
        sa.Column("type", sa.Text(), nullable=False),
        _moment("applied_at"),
    )
    op.create_index("ix_inbox_applied_at", "inbox", ["applied_at"])
    op.create_table(
        "idempotency_key",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        _moment("created_at"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    op.create_table(
        "tenant_access",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column(
            "mode",
            sa.Text(),
            sa.CheckConstraint("mode IN ('full', 'read_only', 'suspended')"),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    for table in ("outbox", "inbox", "idempotency_key", "tenant_access"):
        enable_tenant_security(table)
    op.execute("GRANT SELECT ON alembic_version TO stackpro_app, stackpro_system")
