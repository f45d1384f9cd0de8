"""Create when people were last seen."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "messaging_0005"
down_revision = "messaging_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_seen",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), primary_key=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    enable_tenant_security("last_seen")


def downgrade() -> None:
    op.drop_table("last_seen")
