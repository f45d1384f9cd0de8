"""Hold parts of what tenants are entitled to until they are used."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "billing_0004"
down_revision = "billing_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entitlement_reservation",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("entitlement", sa.Text(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_entitlement_reservation_kept_until", "entitlement_reservation", ["kept_until"])
    op.create_index(
        "ix_entitlement_reservation_held",
        "entitlement_reservation",
        ["tenant_id", "period", "entitlement"],
        postgresql_where=sa.text("counted IS NULL"),
    )
    enable_tenant_security("entitlement_reservation")


def downgrade() -> None:
    op.drop_table("entitlement_reservation")
