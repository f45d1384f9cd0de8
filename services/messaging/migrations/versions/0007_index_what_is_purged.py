"""Index the moment that relayed events are purged by."""

from libs.common.migrations import drop_retention_indexes, index_retention

revision = "messaging_0007"
down_revision = "messaging_0006"
branch_labels = None
depends_on = None

MOMENTS = {"outbox": "published_at"}


def upgrade() -> None:
    index_retention(MOMENTS)


def downgrade() -> None:
    drop_retention_indexes(MOMENTS)
