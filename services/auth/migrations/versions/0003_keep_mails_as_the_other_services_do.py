"""Give outgoing mails parameters, the time of their promise and the last error; a settled one is due no more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "auth_0003"
down_revision = "auth_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("outgoing_mail", "template", new_column_name="kind")
    op.alter_column("outgoing_mail", "next_attempt_at", nullable=True)
    op.add_column("outgoing_mail", sa.Column("parameters", JSONB(), nullable=False, server_default="{}"))
    op.add_column(
        "outgoing_mail",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()),
    )
    op.add_column("outgoing_mail", sa.Column("last_error", sa.Text(), nullable=True))
    op.execute("UPDATE outgoing_mail SET next_attempt_at = NULL WHERE sent_at IS NOT NULL")
    op.drop_index("ix_outgoing_mail_due", "outgoing_mail")
    op.drop_index("ix_outgoing_mail_sent_at", "outgoing_mail")
    op.create_index("ix_outgoing_mail_next_attempt_at", "outgoing_mail", ["next_attempt_at"])
    op.create_index("ix_outgoing_mail_created_at", "outgoing_mail", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_mail_created_at", "outgoing_mail")
    op.drop_index("ix_outgoing_mail_next_attempt_at", "outgoing_mail")
    op.create_index("ix_outgoing_mail_sent_at", "outgoing_mail", ["sent_at"])
    op.execute("UPDATE outgoing_mail SET next_attempt_at = coalesce(sent_at, now()) WHERE next_attempt_at IS NULL")
    op.create_index(
        "ix_outgoing_mail_due", "outgoing_mail", ["next_attempt_at"], postgresql_where=sa.text("sent_at IS NULL")
    )
    for column in ("last_error", "created_at", "parameters"):
        op.drop_column("outgoing_mail", column)
    op.alter_column("outgoing_mail", "next_attempt_at", nullable=False)
    op.alter_column("outgoing_mail", "kind", new_column_name="template")
