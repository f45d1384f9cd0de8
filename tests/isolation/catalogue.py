"""What PostgreSQL itself says about a service's database: tables, keys, policies and rights, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

# The owner's migrations note their revision here; it holds nothing of a tenant's.
REVISIONS = "alembic_version"
_TABLES = """
SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced, r.rolname AS owner,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of_tenants
FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relname <> $1
ORDER BY c.relname
"""
_POLICIES = """
SELECT policyname AS name, permissive, roles::text[] AS roles, cmd AS command, qual AS sees, with_check AS writes
FROM pg_policies WHERE schemaname = 'public' AND tablename = $1 ORDER BY policyname
"""
_COLUMNS = """
SELECT ARRAY(SELECT a.attname::text FROM unnest({keys}) WITH ORDINALITY AS k(number, position)
             LEFT JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number ORDER BY k.position)
"""
_UNIQUE = f"""
SELECT i.relname AS name, x.indisprimary AS is_primary,
       ({_COLUMNS.format(keys="x.indkey::smallint[]", table="x.indrelid")}) AS columns
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = ('public.' || quote_ident($1))::regclass AND x.indisunique ORDER BY i.relname
"""
_FOREIGN = f"""
SELECT o.conname AS name, t.relname AS target,
       ({_COLUMNS.format(keys="o.conkey", table="o.conrelid")}) AS columns,
       ({_COLUMNS.format(keys="o.confkey", table="o.confrelid")}) AS target_columns
FROM pg_constraint o JOIN pg_class t ON t.oid = o.confrelid
WHERE o.conrelid = ('public.' || quote_ident($1))::regclass AND o.contype = 'f' ORDER BY o.conname
"""


@dataclass(frozen=True, kw_only=True)
class Policy:
    name: str
    permissive: str
    roles: list[str]
    command: str
    sees: str | None
    writes: str | None


@dataclass(frozen=True, kw_only=True)
class UniqueIndex:
    """`columns` holds None where an expression is indexed."""

    name: str
    is_primary: bool
    columns: list[str | None]


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    name: str
    target: str
    columns: list[str]
    target_columns: list[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table; `of_tenants` says that it has a `tenant_id`."""

    name: str
    enabled: bool
    forced: bool
    owner: str
    of_tenants: bool
    policies: Sequence[Policy]
    unique: Sequence[UniqueIndex]
    foreign_keys: Sequence[ForeignKey]


async def read_tables(connection: asyncpg.Connection) -> list[Table]:
    """Every table, view and foreign table of the schema `public`, but for Alembic's own."""
    return [
        Table(
            **dict(row),
            policies=[Policy(**dict(one)) for one in await connection.fetch(_POLICIES, row["name"])],
            unique=[UniqueIndex(**dict(one)) for one in await connection.fetch(_UNIQUE, row["name"])],
            foreign_keys=[ForeignKey(**dict(one)) for one in await connection.fetch(_FOREIGN, row["name"])],
        )
        for row in await connection.fetch(_TABLES, REVISIONS)
    ]


async def read_roles(connection: asyncpg.Connection, *names: str) -> dict[str, dict[str, Any]]:
    """What each role may do on the whole server, and the roles that it is a member of, also indirectly."""
    rows = await connection.fetch(
        """
        SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication,
               ARRAY(SELECT g.rolname::text FROM pg_roles g
                     WHERE g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'MEMBER') ORDER BY 1) AS groups
        FROM pg_roles r WHERE r.rolname = ANY($1)
        """,
        list(names),
    )
    return {row["rolname"]: dict(row) for row in rows}
