"""Create drafts and the blind index of messages; let a message say whom it names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security

revision = "messaging_0002"
down_revision = "messaging_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("mentions", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.add_column("message", sa.Column("mentions_all", sa.Boolean(), nullable=False, server_default="false"))
    op.create_table(
        "draft",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), primary_key=True),
        sa.Column("place_id", sa.Uuid(), primary_key=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"]),
    )
    op.create_table(
        "message_search",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("message_id", sa.Uuid(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tokens", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"]),
    )
    op.create_index("ix_message_search_tokens", "message_search", ["tokens"], postgresql_using="gin")
    for table in ("draft", "message_search"):
        enable_tenant_security(table)


def downgrade() -> None:
    op.drop_table("message_search")
    op.drop_table("draft")
    op.drop_column("message", "mentions_all")
    op.drop_column("message", "mentions")
