"""Let assistants take part in conversations."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "messaging_0008"
down_revision = "messaging_0007"
branch_labels = None
depends_on = None

MEMBER = "conversation_member"


def upgrade() -> None:
    op.create_table(
        "assistant",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    enable_tenant_security("assistant")
    op.add_column(MEMBER, sa.Column("silent", sa.Boolean(), nullable=False, server_default="false"))
    _take_roles("admin", "member", "assistant")
    # Every message asks whether an assistant takes part; few conversations have one.
    op.create_index(
        "ix_conversation_member_assistant",
        MEMBER,
        ["tenant_id", "conversation_id"],
        postgresql_where=sa.text("role = 'assistant'"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_member_assistant", MEMBER)
    op.execute(f"DELETE FROM {MEMBER} WHERE role = 'assistant'")  # noqa: S608  # a constant
    _take_roles("admin", "member")
    op.drop_column(MEMBER, "silent")
    op.drop_table("assistant")


def _take_roles(*roles: str) -> None:
    op.drop_constraint("role", MEMBER)
    listed = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint("role", MEMBER, f"role IN ({listed})")
