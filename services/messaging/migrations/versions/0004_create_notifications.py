"""Create notifications, and what each person wants to be told of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security, index_retention

revision = "messaging_0004"
down_revision = "messaging_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("tenant_id", "user_id", "cause"),
    )
    op.create_index("ix_notification_person", "notification", ["tenant_id", "user_id", "seq"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["tenant_id", "user_id", "seq"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "notification_preference",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
    )
    for table in ("notification", "notification_preference"):
        enable_tenant_security(table)
    index_retention({"notification": "created_at"})


def downgrade() -> None:
    op.drop_table("notification_preference")
    op.drop_table("notification")
