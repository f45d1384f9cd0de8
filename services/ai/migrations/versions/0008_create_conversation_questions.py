"""Create what assistants are asked in conversations."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "ai_0008"
down_revision = "ai_0007"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'answered', 'dropped')"


def upgrade() -> None:
    op.create_table(
        "conversation_question",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant_id", "message_id", "assistant_id", name="uq_conversation_question_message"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_conversation_question_assistant", "conversation_question", ["tenant_id", "assistant_id"])
    op.create_index(
        "ix_conversation_question_reply",
        "conversation_question",
        ["tenant_id", "reply_id"],
        postgresql_where=sa.text("reply_id IS NOT NULL"),
    )
    op.create_index(
        "ix_conversation_question_waiting",
        "conversation_question",
        ["tenant_id", "conversation_id", "assistant_id", "seq"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_conversation_question_due_at",
        "conversation_question",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    enable_tenant_security("conversation_question")


def downgrade() -> None:
    op.drop_table("conversation_question")
