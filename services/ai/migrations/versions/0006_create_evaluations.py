"""Create the questions that assistants are judged by, and how their versions did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security

revision = "ai_0006"
down_revision = "ai_0005"
branch_labels = None
depends_on = None

TENANT_TABLES = ("evaluation_question", "evaluation_run")
STATES = "state IN ('running', 'done', 'failed')"


def _of_assistant() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "evaluation_question",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("unanswerable", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_assistant(),
    )
    op.create_index("ix_evaluation_question_assistant", "evaluation_question", ["tenant_id", "assistant_id", "id"])
    op.create_table(
        "evaluation_run",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("asker_role", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _of_assistant(),
    )
    op.create_index("ix_evaluation_run_assistant", "evaluation_run", ["tenant_id", "assistant_id", "id"])
    op.create_index(
        "ix_evaluation_run_due_at", "evaluation_run", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
