"""Create accounts, tenants, memberships, sessions and signing keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import create_platform_tables, enable_tenant_security, grant_platform_only

revision = "auth_0001"
down_revision = None
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    create_platform_tables()
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.Text(), nullable=False, unique=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        _moment("created_at", nullable=False),
    )
    op.create_table(
        "tenant",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("home_region", sa.Text(), nullable=False),
        _moment("created_at", nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenant.tenant_id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column(
            "role", sa.Text(), sa.CheckConstraint("role IN ('owner', 'admin', 'member', 'viewer')"), nullable=False
        ),
        _moment("created_at", nullable=False),
        sa.UniqueConstraint("tenant_id", "user_id"),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"])
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False, index=True),
        sa.Column("current_tenant_id", sa.Uuid(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("last_used_at", nullable=False),
        _moment("revoked_at"),
        sa.Column("revoked_because", sa.Text(), nullable=True),
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("user_session.id"), nullable=False, index=True),
        _moment("expires_at", nullable=False),
        _moment("used_at"),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), primary_key=True),
        sa.Column("encrypted_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(), nullable=False),
        _moment("active_from", nullable=False),
        _moment("published_until"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        _moment("window_ends_at", nullable=False),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _moment("next_attempt_at", nullable=False),
        _moment("sent_at"),
    )
    op.create_index(
        "ix_outgoing_mail_due", "outgoing_mail", ["next_attempt_at"], postgresql_where=sa.text("sent_at IS NULL")
    )
    for table in ("tenant", "membership"):
        enable_tenant_security(table)
    for table in ("user_account", "user_session", "refresh_token", "attempt", "outgoing_mail"):
        grant_platform_only(table, app_rights="SELECT, INSERT, UPDATE")
    grant_platform_only("signing_key")


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing before it; drop the database instead")
