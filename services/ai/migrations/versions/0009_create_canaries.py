"""Create canaries, and knowledge bases that only they live in."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "ai_0009"
down_revision = "ai_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("knowledge_base", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "canary",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("tenant_id", "knowledge_base_id", name="uq_canary_knowledge_base"),
    )
    enable_tenant_security("canary")


def downgrade() -> None:
    op.drop_table("canary")
    op.drop_column("knowledge_base", "hidden")
