"""Create notes."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import create_platform_tables, enable_tenant_security

revision = "sample_0001"
down_revision = None


def upgrade() -> None:
    create_platform_tables()
    op.create_table(
        "note",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
    enable_tenant_security("note")
