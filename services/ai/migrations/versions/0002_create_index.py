"""Create passages, their vectors and their words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import enable_tenant_security

revision = "ai_0002"
down_revision = "ai_0001"
branch_labels = None
depends_on = None

TENANT_TABLES = ("passage", "passage_vector", "lexical_entry", "lexical_term", "lexical_document", "lexical_total")
PARTITIONS = 8
DIMENSIONS = (384, 512, 1024)
"""Those of MiniLM and of Titan; each has an index of its own. Vectors of other models are searched without one."""


def upgrade() -> None:
    op.execute("CREATE SCHEMA partitions")
    op.create_table(
        "passage",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("headings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("page_from", sa.Integer(), nullable=True),
        sa.Column("page_to", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.UniqueConstraint("tenant_id", "document_id", "position", name="uq_passage_position"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
    )
    _create_vectors()
    _create_words()
    # The few documents that an asker may read are counted and named by these.
    op.create_index(
        "ix_document_audience",
        "document",
        ["tenant_id", "knowledge_base_id", "audience", "id"],
        postgresql_include=["passages"],
        postgresql_where=sa.text("state = 'ready'"),
    )
    for table in TENANT_TABLES:
        enable_tenant_security(table)


def _create_vectors() -> None:
    # Tenants are spread over partitions, so that the graph of one partition holds few besides a large tenant's vectors.
    op.execute(
        "CREATE TABLE passage_vector ("
        " tenant_id uuid NOT NULL, passage_id uuid NOT NULL, model text NOT NULL, knowledge_base_id uuid NOT NULL,"
        " document_id uuid NOT NULL, position integer NOT NULL, dimensions integer NOT NULL,"
        " embedding halfvec STORAGE PLAIN NOT NULL,"
        " PRIMARY KEY (tenant_id, passage_id, model),"
        " FOREIGN KEY (tenant_id, passage_id) REFERENCES passage (tenant_id, id) ON DELETE CASCADE"
        ") PARTITION BY HASH (tenant_id)"
    )
    for number in range(PARTITIONS):
        op.execute(
            f"CREATE TABLE partitions.passage_vector_{number:02} PARTITION OF passage_vector"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )
    op.execute(
        "CREATE INDEX ix_passage_vector_place ON passage_vector (tenant_id, knowledge_base_id, document_id, position)"
    )
    for dimensions in DIMENSIONS:
        op.execute(
            f"CREATE INDEX ix_passage_vector_{dimensions} ON passage_vector"
            f" USING hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops) WHERE dimensions = {dimensions}"
        )


def _create_words() -> None:
    op.create_table(
        "lexical_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("piece", sa.SmallInteger(), nullable=False),
        sa.Column("postings", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "knowledge_base_id", "term", "document_id", "piece", postgresql_include=["postings"]
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_lexical_entry_document", "lexical_entry", ["tenant_id", "document_id"])
    op.create_table(
        "lexical_term",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), primary_key=True),
        sa.Column("term", sa.Text(collation="C"), primary_key=True),
        sa.Column("passages", sa.Integer(), nullable=False),
    )
    op.create_table(
        "lexical_document",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("document_id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["document.tenant_id", "document.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "lexical_total",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("knowledge_base_id", sa.Uuid(), primary_key=True),
        sa.Column("language", sa.Text(), primary_key=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_index("ix_document_audience", "document")
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
    op.execute("DROP SCHEMA partitions")
