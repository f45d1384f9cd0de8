"""Create budgets, what was used of them, and what answers that are being written hold."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "ai_0004"
down_revision = "ai_0003"
branch_labels = None
depends_on = None

TENANT_TABLES = ("budget", "ai_use", "held_answer")
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


def _key() -> tuple["sa.Column[object]", "sa.Column[object]"]:
    return sa.Column("tenant_id", sa.Uuid(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True)


def _asked() -> tuple["sa.Column[object]", ...]:
    """Whom, by whom, and when."""
    return (
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cents", sa.Numeric(18, 6), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "budget",
        *_key(),
        sa.Column("assistant_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), sa.CheckConstraint("period IN ('day', 'month')", name="period"), nullable=False),
        sa.Column("most_queries", sa.BigInteger(), nullable=True),
        sa.Column("most_cents", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(assistant_id, user_id) = 1", name="one_subject"),
        sa.CheckConstraint("num_nonnulls(most_queries, most_cents) > 0", name="some_limit"),
        sa.UniqueConstraint(
            "tenant_id", "assistant_id", "user_id", "period", name="uq_budget", postgresql_nulls_not_distinct=True
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assistant_id"], ["assistant.tenant_id", "assistant.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "ai_use",
        *_key(),
        *_asked(),
        sa.Column("queries", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in TOKENS),
        sa.UniqueConstraint(
            "tenant_id", "assistant_id", "day", "user_id", name="uq_ai_use", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_ai_use_user", "ai_use", ["tenant_id", "user_id", "day"])
    op.create_index("ix_ai_use_day", "ai_use", ["tenant_id", "day"])
    op.create_table(
        "held_answer",
        *_key(),
        *_asked(),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_held_answer_held_until", "held_answer", ["held_until"])
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
