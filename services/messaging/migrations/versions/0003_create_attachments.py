"""Create attachments."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "messaging_0003"
down_revision = "messaging_0002"
branch_labels = None
depends_on = None

STATES = "state IN ('uploading', 'checking', 'ready', 'refused', 'deleting')"


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        # No foreign key to the message: a month of messages that has moved to the archive is dropped whole.
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("preview_width", sa.BigInteger(), nullable=True),
        sa.Column("preview_height", sa.BigInteger(), nullable=True),
        sa.Column("counted_bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"]),
    )
    op.create_index("ix_attachment_due_at", "attachment", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("ix_attachment_message", "attachment", ["tenant_id", "message_id", "place"])
    enable_tenant_security("attachment")


def downgrade() -> None:
    op.drop_table("attachment")
