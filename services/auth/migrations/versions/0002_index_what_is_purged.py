"""Index the moments that rows are purged by."""

from libs.common.migrations import drop_retention_indexes, index_retention

revision = "auth_0002"
down_revision = "auth_0001"
branch_labels = None
depends_on = None

MOMENTS = {
    "outbox": "published_at",
    "user_session": "last_used_at",
    "refresh_token": "expires_at",
    "attempt": "window_ends_at",
    "signing_key": "published_until",
    "outgoing_mail": "sent_at",
}


def upgrade() -> None:
    index_retention(MOMENTS)


def downgrade() -> None:
    drop_retention_indexes(MOMENTS)
