"""Makes a service's database and its three roles. Run by who administers the server, before the first migration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

_GROUP_ROLES = ("stackpro_app", "stackpro_system")
_APP_LIMITS = {"statement_timeout": "5s", "lock_timeout": "1s", "idle_in_transaction_session_timeout": "20s"}
_EXTENSIONS = {"ai": ("vector",)}
"""What a service's tables need and only an administrator may create."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")


@dataclass(frozen=True, slots=True)
class RolePasswords:
    """The passwords of a service's logins."""

    owner: str
    app: str
    system: str


async def prepare_roles(admin_dsn: str, service: str, passwords: RolePasswords) -> None:
    """Makes the group roles and the logins `<service>_owner`, `_app` and `_system`, or sets their passwords anew.

    `admin_dsn` is a plain `postgresql://` DSN of a role that may create roles and databases.
    """
    connection = await asyncpg.connect(admin_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('stackpro.prepare'))")
        for role in _GROUP_ROLES:
            await _ensure_role(connection, role, "NOLOGIN")
        for kind, group in (("owner", None), ("app", "stackpro_app"), ("system", "stackpro_system")):
            role = f"{_checked(service)}_{kind}"
            await _ensure_role(connection, role, "LOGIN NOBYPASSRLS")
            secret = await connection.fetchval("SELECT quote_literal($1)", getattr(passwords, kind))
            await connection.execute(f"ALTER ROLE {role} PASSWORD {secret}")
            if group is not None:
                await connection.execute(f"GRANT {group} TO {role}")
                for setting, value in _APP_LIMITS.items():
                    await connection.execute(f"ALTER ROLE {role} SET {setting} = '{value}'")
    finally:
        await connection.close()


async def prepare_database(admin_dsn: str, service: str, *, database: str | None = None) -> None:
    """Makes the database of `service`, owned by `<service>_owner` and closed to everyone but its own logins."""
    await _make_database(admin_dsn, service, _checked(database or service))
    if service in _EXTENSIONS:
        await _make_extensions(admin_dsn, _checked(database or service), _EXTENSIONS[service])


async def _make_database(admin_dsn: str, service: str, name: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f"CREATE DATABASE {name} OWNER {service}_owner")
        await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {service}_app, {service}_system")
    finally:
        await connection.close()


async def _make_extensions(admin_dsn: str, database: str, names: Sequence[str]) -> None:
    connection = await asyncpg.connect(admin_dsn, database=database)
    try:
        for name in names:
            await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    finally:
        await connection.close()


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"{name!r} cannot be the name of a database")
    return name


async def _ensure_role(connection: asyncpg.Connection, role: str, attributes: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} {attributes}")
