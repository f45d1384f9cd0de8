"""Create widgets, and the questions that are counted for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security

revision = "ai_0005"
down_revision = "ai_0004"
branch_labels = None
depends_on = None

TENANT_TABLES = ("widget", "widget_question")


def upgrade() -> None:
    op.create_table(
        "widget",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("visitor_hourly", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
        ),
    )
    # A key is looked up before its tenant is known, and 144 random bits belong to nobody else.
    op.create_index("ix_widget_key", "widget", ["key"])
    op.create_index("ix_widget_assistant", "widget", ["tenant_id", "assistant_id"])
    op.create_table(
        "widget_question",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("widget_id", sa.Uuid(), nullable=False),
        sa.Column("visitor", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "widget_id"], ["widget.tenant_id", "widget.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_widget_question_widget", "widget_question", ["tenant_id", "widget_id", "created_at"])
    op.create_index("ix_widget_question_created_at", "widget_question", ["created_at"])
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
