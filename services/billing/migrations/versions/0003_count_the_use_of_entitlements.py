"""Count what each tenant uses of its entitlements."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "billing_0003"
down_revision = "billing_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entitlement_usage",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("entitlement", sa.Text(), primary_key=True),
        sa.Column("period", sa.Text(), primary_key=True),
        sa.Column("used", sa.BigInteger(), nullable=False),
    )
    enable_tenant_security("entitlement_usage")


def downgrade() -> None:
    op.drop_table("entitlement_usage")
