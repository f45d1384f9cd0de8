"""Keep how long each phase of a deployment takes, over all tenants."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import grant_platform_only

revision = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "phase_duration",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("phase", sa.Text(), primary_key=True),
        sa.Column("median_seconds", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
    )
    grant_platform_only("phase_duration", app_rights="SELECT")


def downgrade() -> None:
    op.drop_table("phase_duration")
