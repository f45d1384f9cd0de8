"""A bus of its own for each test worker: the embedded form on the run's PostgreSQL."""

import os

import asyncpg
from pydantic import SecretStr

from libs.adapters.bus import LocalBusSettings
from libs.adapters.bus.schema import prepare_bus_database
from tests.support.databases import Server, admin_dsn


async def bus_settings(server: Server, *, visibility_seconds: float = 30) -> LocalBusSettings:
    """This worker's bus, made at the first call."""
    name = f"bus_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = await asyncpg.connect(admin_dsn(server))
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    await prepare_bus_database(admin_dsn(server, name))
    return LocalBusSettings(dsn=SecretStr(admin_dsn(server, name)), visibility_seconds=visibility_seconds)
