"""Keep invitations, number the changes of memberships, and tell of and count every one that there is."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security, index_retention

revision = "auth_0005"
down_revision = "auth_0004"
branch_labels = None
depends_on = None

ANNOUNCE_ALL = """
WITH told AS MATERIALIZED (SELECT gen_random_uuid() AS event_id, membership.* FROM membership)
INSERT INTO outbox (tenant_id, id, type, body)
SELECT tenant_id, event_id, 'auth.member.changed.v1', jsonb_build_object(
    'id', event_id, 'tenant_id', tenant_id, 'occurred_at', now(),
    'version', version, 'user_id', user_id, 'role', role, 'active', true
)
FROM told
"""
COUNT_ALL = """
WITH told AS MATERIALIZED (SELECT gen_random_uuid() AS event_id, membership.* FROM membership)
INSERT INTO outbox (tenant_id, id, type, body)
SELECT tenant_id, event_id, 'platform.usage.recorded.v1', jsonb_build_object(
    'id', event_id, 'tenant_id', tenant_id, 'occurred_at', now(), 'entitlement', 'users', 'quantity', 1
)
FROM told
"""


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("membership", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("membership", _moment("ended_at", nullable=True))
    _announce_memberships()
    op.create_table(
        "invitation",
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenant.tenant_id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), sa.CheckConstraint("role IN ('admin', 'member', 'viewer')"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, index=True),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["tenant_id", "email"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    index_retention({"invitation": "expires_at"})
    enable_tenant_security("invitation")
    op.alter_column("outgoing_mail", "user_id", nullable=True)


def _announce_memberships() -> None:
    """The owner of the tables is bound by row security as everyone is: it lifts it for these two statements."""
    for table in ("membership", "outbox"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(ANNOUNCE_ALL)
    op.execute(COUNT_ALL)
    for table in ("membership", "outbox"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("ALTER TABLE outgoing_mail NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM outgoing_mail WHERE user_id IS NULL")
    op.execute("ALTER TABLE outgoing_mail FORCE ROW LEVEL SECURITY")
    op.alter_column("outgoing_mail", "user_id", nullable=False)
    op.drop_table("invitation")
    op.drop_column("membership", "ended_at")
    op.drop_column("membership", "version")
