"""Create knowledge bases, documents and who may read them."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import create_platform_tables, enable_tenant_security

revision = "ai_0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = ("knowledge_base", "document", "document_reader")
LIVES = "state IN ('active', 'deleting')"
ACTIVE = "state = 'active'"
STATES = "state IN ('uploading', 'queued', 'extracting', 'splitting', 'embedding', 'ready', 'failed', 'deleting')"
AUDIENCES = "audience IN ('everyone', 'members', 'restricted')"


def upgrade() -> None:
    create_platform_tables()
    op.create_index("ix_outbox_published_at", "outbox", ["published_at"])
    op.create_table(
        "knowledge_base",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.Text(), nullable=False),
        sa.Column("next_embedding_model", sa.Text(), nullable=True),
        sa.Column("moving_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), sa.CheckConstraint(LIVES, name="state"), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "uq_knowledge_base_name", "knowledge_base", ["tenant_id", "name"], unique=True, postgresql_where=sa.text(ACTIVE)
    )
    op.create_index(
        "ix_knowledge_base_moving_due_at",
        "knowledge_base",
        ["moving_due_at"],
        postgresql_where=sa.text("moving_due_at IS NOT NULL"),
    )
    op.create_table(
        "document",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("pages", sa.BigInteger(), nullable=True),
        sa.Column("passages", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("audience", sa.Text(), sa.CheckConstraint(AUDIENCES, name="audience"), nullable=False),
        sa.Column("state", sa.Text(), sa.CheckConstraint(STATES, name="state"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        sa.Column("counted_bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("failures", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "knowledge_base_id"], ["knowledge_base.tenant_id", "knowledge_base.id"]),
    )
    op.create_index("ix_document_due_at", "document", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("ix_document_knowledge_base", "document", ["tenant_id", "knowledge_base_id", "id"])
    op.create_index("ix_document_version", "document", ["tenant_id", "knowledge_base_id", "version"])
    op.create_index("ix_document_sha256", "document", ["tenant_id", "knowledge_base_id", "sha256"])
    op.create_table(
        "document_reader",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("num_nonnulls(role, user_id) = 1", name="one_reader"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_document_reader_document", "document_reader", ["tenant_id", "document_id"])
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing before it; drop the database instead")
