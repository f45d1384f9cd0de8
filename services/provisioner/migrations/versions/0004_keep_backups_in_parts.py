"""Keep a backup as a folder of parts with a manifest, in place of one archive."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("backup", "manifest_key")
    op.alter_column("backup", "archive_key", new_column_name="folder")
    op.add_column("backup", sa.Column("parts", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("backup", "parts")
    op.alter_column("backup", "folder", new_column_name="archive_key")
    op.add_column("backup", sa.Column("manifest_key", sa.Text(), nullable=False, server_default=""))
