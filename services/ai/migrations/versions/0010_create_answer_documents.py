"""Create what answers rest on, so that they go with their documents."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "ai_0010"
down_revision = "ai_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_document",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("answer_id", sa.Uuid(), primary_key=True),
        sa.Column("document_id", sa.Uuid(), primary_key=True),
        sa.Column("cited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "answer_id"], ["answer.tenant_id", "answer.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_answer_document_document", "answer_document", ["tenant_id", "document_id"])
    enable_tenant_security("answer_document")


def downgrade() -> None:
    op.drop_table("answer_document")
