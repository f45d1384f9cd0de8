"""Makes the databases and logins of the sandbox and brings their schemas up to date."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from libs.adapters.bus.schema import prepare_bus_database
from libs.common.migrations.preparation import prepare_database, prepare_roles
from libs.common.migrations.runner import migrate
from sandbox.world import World


def prepare_databases(world: World, migrations: Mapping[str, Path]) -> None:
    """Prepares the database of every service in `migrations`, and the bus's. Safe at every start."""
    asyncio.run(_prepare_all(world, migrations))


async def _prepare_all(world: World, migrations: Mapping[str, Path]) -> None:
    admin = world.postgres.dsn()
    for name in (*migrations, "bus"):
        await prepare_roles(admin, name, world.role_passwords(name))
        await prepare_database(admin, name)
    await prepare_bus_database(world.database_url("bus", "owner", driver=""))
    for name, folder in migrations.items():
        await migrate(folder, world.database_url(name, "owner"))
