"""Create what is known of the archive of old messages, and the end of a month that is archived."""

import sqlalchemy as sa
from alembic import op

from libs.common.migrations import enable_tenant_security

revision = "messaging_0006"
down_revision = "messaging_0005"
branch_labels = None
depends_on = None

# All of messaging waits for the lock, for as long as it takes to count one month's rows and to unhook its partition.
# Every change of a message raises its version, so that an equal sum says that nothing changed since it was compared.
DROP_FUNCTION = """
CREATE FUNCTION drop_message_partition(month date, counted bigint, versions numeric, kept uuid[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := to_char(date_trunc('month', month::timestamp), '"message_"YYYY"_"MM');
    counted_now bigint;
    versions_now numeric;
BEGIN
    LOCK TABLE public.message IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('SELECT count(*), coalesce(sum(version), 0) FROM partitions.%I', name)
        INTO counted_now, versions_now;
    IF (counted_now, versions_now) IS DISTINCT FROM (counted, versions) THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE public.message DETACH PARTITION partitions.%I', name);
    EXECUTE format('INSERT INTO partitions.message_other SELECT * FROM partitions.%I WHERE id = ANY ($1)', name)
        USING kept;
    EXECUTE format('DROP TABLE partitions.%I', name);
    RETURN true;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "archive_entry",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
    )
    op.create_index("ix_archive_entry_position", "archive_entry", ["position"])
    op.create_table(
        "archived_conversation",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), primary_key=True),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"]),
    )
    op.create_table(
        "message_brought_back",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("message_id", sa.Uuid(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    for table in ("archive_entry", "archived_conversation", "message_brought_back"):
        enable_tenant_security(table)
    op.execute(DROP_FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION drop_message_partition(date, bigint, numeric, uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION drop_message_partition(date, bigint, numeric, uuid[]) TO stackpro_system")


def downgrade() -> None:
    op.execute("DROP FUNCTION drop_message_partition(date, bigint, numeric, uuid[])")
    for table in ("message_brought_back", "archived_conversation", "archive_entry"):
        op.drop_table(table)
