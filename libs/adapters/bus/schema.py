"""The database of the embedded bus. Only the adapter opens it; it belongs to no service."""

import asyncpg

CHANNEL = "bus"
_LOCK = 0x627573  # "bus"

_SCHEMA = """
create table if not exists queue (
    name text primary key,
    visibility_seconds double precision not null,
    retention_seconds double precision not null,
    max_receives integer not null
);
create table if not exists subscription (
    type text not null,
    queue text not null references queue on delete cascade,
    primary key (type, queue)
);
create table if not exists message (
    queue text not null references queue on delete cascade,
    id uuid not null default gen_random_uuid(),
    type text not null,
    body text not null,
    attributes text not null,
    sent_at timestamptz not null default clock_timestamp(),
    visible_at timestamptz not null default clock_timestamp(),
    receive_count integer not null default 0,
    receipt uuid,
    dead_at timestamptz,
    primary key (queue, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index if not exists message_due on message (queue, visible_at) where dead_at is null;
create index if not exists message_dead on message (queue, dead_at) where dead_at is not null;
"""


async def prepare_bus_database(dsn: str) -> None:
    """Makes the tables in the database of `dsn` (`postgresql://`, as its owner); may run any number of times."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            await connection.execute("set local client_min_messages = warning")
            await connection.execute(_SCHEMA)
    finally:
        await connection.close()
