"""Index the moments that rows are purged by."""

from libs.common.migrations import drop_retention_indexes, index_retention

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENTS = {
    "outbox": "published_at",
    "deployment_event": "created_at",
    "drift": "resolved_at",
    "host_command": "finished_at",
    "outgoing_mail": "created_at",
}


def upgrade() -> None:
    index_retention(MOMENTS)


def downgrade() -> None:
    drop_retention_indexes(MOMENTS)
