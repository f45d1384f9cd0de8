"""Index the moments that rows are purged by."""

from libs.common.migrations import drop_retention_indexes, index_retention

revision = "sample_0002"
down_revision = "sample_0001"
branch_labels = None
depends_on = None

MOMENTS = {
    "outbox": "published_at",
}


def upgrade() -> None:
    index_retention(MOMENTS)


def downgrade() -> None:
    drop_retention_indexes(MOMENTS)
