"""The parent of the workers, and a scene of its own for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.common.database import Database
from tests.faults.scene import Scene
from tests.faults.stored_world import StoredWorld
from tests.services.provisioner import conftest as provisioner
from tests.services.provisioner.engine.factories import Tenancy
from tests.support.databases import ServiceDatabase
from tests.support.workers import Nursery, nursery

collect_ignore = [] if os.environ.get("STACKPRO_ALL_FAULTS") else ["test_single_kills.py"]
service_database = provisioner.service_database
database = provisioner.database
tenancy = provisioner.tenancy


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("workers")) as parent:
        yield parent


@pytest.fixture
async def scene(
    workers: Nursery, service_database: ServiceDatabase, database: Database, tenancy: Tenancy, tmp_path: Path
) -> AsyncIterator[Scene]:
    path = tmp_path / "world.sqlite"
    urls = {"app_url": service_database.url("app"), "system_url": service_database.url("system")}
    arguments: dict[str, object] = {**urls, "world": str(path)}
    scene = Scene(
        workers, database, tenancy, "tests.faults.programs:engine", arguments, service_database, StoredWorld(path)
    )
    try:
        yield scene
    finally:
        await scene.end()
