"""Create what was noticed about documents."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "ai_0007"
down_revision = "ai_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_finding",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("passage_position", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant_id", "document_id", "number", name="uq_document_finding_number"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
    )
    enable_tenant_security("document_finding")


def downgrade() -> None:
    op.drop_table("document_finding")
