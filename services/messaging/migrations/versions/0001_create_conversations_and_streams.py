"""Create members, data keys, streams, conversations and messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import create_platform_tables, enable_tenant_security, index_retention

revision = "messaging_0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "tenant_member",
    "data_key",
    "stream",
    "stream_event",
    "relay_entry",
    "conversation",
    "conversation_member",
    "message",
    "sent_message",
    "message_revision",
    "reaction",
    "mention",
)
MONTHS_AHEAD = 3
# The bound of a UUIDv7 is its time in milliseconds and zeros (RFC 9562 §5.7).
PARTITION_FUNCTION = """
CREATE FUNCTION add_message_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    name text := to_char(first AT TIME ZONE 'UTC', '"message_"YYYY"_"MM');
BEGIN
    IF to_regclass('partitions.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE partitions.%I PARTITION OF public.message FOR VALUES FROM (%L) TO (%L)',
        name, first_id(first), first_id((first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')
    );
    RETURN true;
END $$
"""


def _uuid(name: str, *, nullable: bool = False, key: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), nullable=nullable, primary_key=key)


def _number(name: str, *, key: bool = False, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger(), nullable=False, primary_key=key, server_default=default)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _one_of(name: str, *values: str) -> "sa.Column[object]":
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.Column(name, sa.Text(), sa.CheckConstraint(f"{name} IN ({listed})", name=name), nullable=False)


def _of_conversation() -> "sa.ForeignKeyConstraint":
    return sa.ForeignKeyConstraint(["tenant_id", "conversation_id"], ["conversation.tenant_id", "conversation.id"])


def upgrade() -> None:
    create_platform_tables()
    _create_members_and_keys()
    _create_streams()
    _create_conversations()
    _create_messages()
    for table in TENANT_TABLES:
        enable_tenant_security(table)
    _partition_messages()
    index_retention({"stream_event": "created_at"})


def _create_members_and_keys() -> None:
    op.create_table(
        "tenant_member",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("user_id", key=True),
        _text("role"),
        sa.Column("active", sa.Boolean(), nullable=False),
        _number("version"),
    )
    op.create_table(
        "data_key",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("id", key=True),
        _one_of("purpose", "content", "search"),
        _bytes("wrapped"),
        _moment("created_at"),
    )


def _create_streams() -> None:
    op.create_table(
        "stream",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("id", key=True),
        _number("last_seq", default="0"),
        _uuid("epoch"),
    )
    op.create_table(
        "stream_event",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("stream_id", key=True),
        _number("seq", key=True),
        _text("kind"),
        _uuid("actor_id", nullable=True),
        _uuid("message_id", nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        _bytes("sealed", nullable=True),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["tenant_id", "stream_id"], ["stream.tenant_id", "stream.id"]),
    )
    op.create_index(
        "ix_stream_event_message",
        "stream_event",
        ["tenant_id", "message_id"],
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_table(
        "relay_entry",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        _uuid("stream_id"),
        _number("seq"),
    )
    op.create_index("ix_relay_entry_position", "relay_entry", ["position"])


def _create_conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("id", key=True),
        _one_of("kind", "direct", "group", "support"),
        _bytes("title", nullable=True),
        _text("direct_key", nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False, server_default="false"),
        _uuid("created_by"),
        _moment("created_at"),
        _moment("archived_at", nullable=True),
        _number("message_count", default="0"),
        _moment("last_message_at"),
        sa.UniqueConstraint("tenant_id", "direct_key"),
        sa.ForeignKeyConstraint(["tenant_id", "id"], ["stream.tenant_id", "stream.id"]),
    )
    op.create_index("ix_conversation_last_message", "conversation", ["tenant_id", "last_message_at", "id"])
    op.create_table(
        "conversation_member",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("conversation_id", key=True),
        _uuid("user_id", key=True),
        _one_of("role", "admin", "member"),
        _moment("joined_at"),
        _number("read_seq", default="0"),
        _number("read_number", default="0"),
        _moment("muted_until", nullable=True),
        _of_conversation(),
    )
    op.create_index("ix_conversation_member_user", "conversation_member", ["tenant_id", "user_id"])


def _create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("id", key=True),
        _uuid("conversation_id"),
        _number("seq"),
        _number("number"),
        _number("version"),
        _uuid("sender_id"),
        _uuid("client_message_id"),
        _uuid("thread_root_id", nullable=True),
        _number("reply_count", default="0"),
        _moment("last_reply_at", nullable=True),
        _bytes("text", nullable=True),
        _number("revision", default="1"),
        _moment("created_at"),
        _moment("edited_at", nullable=True),
        _moment("deleted_at", nullable=True),
        _of_conversation(),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index("ix_message_conversation", "message", ["tenant_id", "conversation_id", "seq"])
    op.create_index(
        "ix_message_thread",
        "message",
        ["tenant_id", "thread_root_id", "seq"],
        postgresql_where=sa.text("thread_root_id IS NOT NULL"),
    )
    op.create_table(
        "sent_message",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("sender_id", key=True),
        _uuid("client_message_id", key=True),
        _uuid("conversation_id"),
        _uuid("message_id"),
        _of_conversation(),
    )
    # No foreign keys to messages from here on: a month of messages that has moved to the archive is dropped whole.
    op.create_table(
        "message_revision",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("message_id", key=True),
        _number("revision", key=True),
        _bytes("text"),
        _moment("written_at"),
    )
    op.create_table(
        "reaction",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("message_id", key=True),
        _uuid("user_id", key=True),
        sa.Column("emoji", sa.Text(), primary_key=True),
        _moment("created_at"),
    )
    op.create_table(
        "mention",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        _uuid("user_id", key=True),
        _uuid("message_id", key=True),
        _uuid("conversation_id"),
        _number("seq"),
        _of_conversation(),
    )
    op.create_index("ix_mention_unread", "mention", ["tenant_id", "user_id", "conversation_id", "seq"])


def _partition_messages() -> None:
    """Partitions lie in a schema of their own, which no login may enter: messages are reached through their table."""
    op.execute("CREATE SCHEMA partitions")
    op.execute(
        "CREATE FUNCTION first_id(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT "
        "rpad(lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid $$"
    )
    op.execute(PARTITION_FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION add_message_partition(date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION add_message_partition(date) TO stackpro_system")
    op.execute("CREATE TABLE partitions.message_other PARTITION OF message DEFAULT")
    for month in range(MONTHS_AHEAD + 1):
        op.execute(f"SELECT add_message_partition((now() + interval '{month} months')::date)")


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing before it; drop the database instead")
