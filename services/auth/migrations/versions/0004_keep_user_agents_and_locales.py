"""Keep what a session's browser called itself, and the language of each person."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0004"
down_revision = "auth_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_session", sa.Column("user_agent", sa.Text(), nullable=True))
    op.add_column("user_account", sa.Column("locale", sa.Text(), nullable=False, server_default="en"))


def downgrade() -> None:
    op.drop_column("user_account", "locale")
    op.drop_column("user_session", "user_agent")
