"""Create assistants, their versions, chats and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security

revision = "ai_0003"
down_revision = "ai_0002"
branch_labels = None
depends_on = None

TENANT_TABLES = ("assistant", "assistant_version", "chat", "answer")
TONES = "tone IN ('friendly', 'formal', 'brief')"
STATES = "state IN ('running', 'done', 'stopped', 'failed')"
CHANNELS = "channel IN ('app', 'conversation', 'widget', 'evaluation')"


def _uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "assistant",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("name"),
        _number("version"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_assistant_name"),
    )
    op.create_table(
        "assistant_version",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        _uuid("assistant_id"),
        _number("number"),
        _text("instructions"),
        sa.Column("tone", sa.Text(), sa.CheckConstraint(TONES, name="tone"), nullable=False),
        _text("model", nullable=True),
        sa.Column("knowledge_base_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        _number("most_tokens"),
        _number("memory_tokens"),
        sa.Column("redacts", sa.Boolean(), nullable=False),
        sa.Column("example_questions", postgresql.ARRAY(sa.Text()), nullable=False),
        _uuid("author_id"),
        _moment("created_at"),
        sa.UniqueConstraint("tenant_id", "assistant_id", "number", name="uq_assistant_version_number"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "chat",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        _uuid("assistant_id"),
        _uuid("user_id", nullable=True),
        sa.Column("channel", sa.Text(), sa.CheckConstraint(CHANNELS, name="channel"), nullable=False),
        _text("title"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_chat_of_user", "chat", ["tenant_id", "user_id", "updated_at"])
    op.create_index("ix_chat_assistant", "chat", ["tenant_id", "assistant_id"])
    op.create_table(
        "answer",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        _uuid("chat_id"),
        _uuid("assistant_id"),
        _number("version"),
        _text("question"),
        _text("text"),
        _text("language"),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        _text("reason", nullable=True),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("citations", postgresql.JSONB(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        _text("model", nullable=True),
        _number("input_tokens"),
        _number("output_tokens"),
        _number("cache_read_tokens"),
        _number("cache_write_tokens"),
        sa.Column("cents", sa.Numeric(12, 6), nullable=False),
        _number("first_text_ms", nullable=True),
        _number("total_ms", nullable=True),
        sa.Column("rating", sa.Integer(), sa.CheckConstraint("rating IN (-1, 1)", name="rating"), nullable=True),
        _text("comment", nullable=True),
        _moment("created_at"),
        _moment("finished_at", nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "chat_id"], ["chat.tenant_id", "chat.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_answer_chat", "answer", ["tenant_id", "chat_id", "id"])
    op.create_index("ix_answer_assistant", "answer", ["tenant_id", "assistant_id", "id"])
    op.create_index("ix_answer_running", "answer", ["created_at"], postgresql_where=sa.text("state = 'running'"))
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
