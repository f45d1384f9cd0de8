"""A migrated database of a service for each test worker, cloned from a template that is migrated once a run."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg

from libs.common.database import Database
from libs.common.migrations.preparation import RolePasswords, prepare_database, prepare_roles
from libs.common.migrations.runner import migrate

PASSWORDS = RolePasswords(owner="owner-of-tests", app="app-of-tests", system="system-of-tests")
SERVICES = Path(__file__).parents[2] / "services"


class Server(Protocol):
    """Where the PostgreSQL of the run is."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def password(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """The URLs of one service's database."""

    service: str
    name: str
    host: str
    port: int

    def url(self, role: str) -> str:
        """`role` is `owner`, `app` or `system`."""
        password = getattr(PASSWORDS, role)
        return f"postgresql+asyncpg://{self.service}_{role}:{password}@{self.host}:{self.port}/{self.name}"

    def open(self) -> Database:
        """The database as the service opens it; close it with `aclose`."""
        return Database(app_url=self.url("app"), system_url=self.url("system"), pool_size=5)


def admin_dsn(server: Server, database: str = "postgres") -> str:
    """A plain DSN of the server's administrator."""
    return f"postgresql://postgres:{server.password}@{server.host}:{server.port}/{database}"


async def migrated_database(
    server: Server, service: str, *, migrations: Path | None = None, part: str = ""
) -> ServiceDatabase:
    """This worker's database of `service`, made at the first call of the run and shared by the worker's tests.

    With `part` it is another one, for tests that share it with nobody else's.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    template, name = f"{service}_template", f"{service}_{worker}{part}"
    connection = await asyncpg.connect(admin_dsn(server))
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext($1))", f"tests.{service}")
        if not await _exists(connection, template):
            await _make_template(server, service, template, migrations or SERVICES / service / "migrations")
        if not await _exists(connection, name):
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {service}_owner")
            await prepare_database(admin_dsn(server), service, database=name)
    finally:
        await connection.close()
    return ServiceDatabase(service, name, server.host, server.port)


async def _exists(connection: asyncpg.Connection, name: str) -> bool:
    return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name))


async def _make_template(server: Server, service: str, template: str, migrations: Path) -> None:
    await prepare_roles(admin_dsn(server), service, PASSWORDS)
    await prepare_database(admin_dsn(server), service, database=f"{template}_new")
    unfinished = ServiceDatabase(service, f"{template}_new", server.host, server.port)
    await migrate(migrations, unfinished.url("owner"))
    connection = await asyncpg.connect(admin_dsn(server))
    try:
        await connection.execute(f"ALTER DATABASE {template}_new RENAME TO {template}")
    finally:
        await connection.close()
