"""The parent of the workers, and a scene of its own for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from libs.common.database import Database
from tests.faults.scene import Scene
from tests.faults.small_sandbox import SmallSandbox, small_sandbox
from tests.faults.stack_scene import StackScene, new_scene, succeeds
from tests.faults.stored_world import StoredWorld
from tests.services.provisioner import conftest as provisioner
from tests.services.provisioner.engine.factories import Tenancy
from tests.support.databases import ServiceDatabase
from tests.support.workers import Nursery, nursery

collect_ignore = [] if os.environ.get("STACKPRO_ALL_FAULTS") else ["test_single_kills.py", "test_stack_single_kills.py"]
SCENES = 50
"""The machines that a scene got run on, so that hundreds of scenes would leave a single sandbox no processor."""
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


@dataclass
class Sandboxes:
    """Small sandboxes, one after the other."""

    workers: Nursery
    folder: Path
    opened: ExitStack
    present: SmallSandbox | None = None
    scenes: int = 0

    async def for_a_scene(self) -> SmallSandbox:
        """The present one; after `SCENES` a new one, with the trials' bucket and a shared host in use, as any platform
        that has run for a minute."""
        if self.present is None or self.scenes % SCENES == 0:
            self.opened.close()
            self.present = self.opened.enter_context(small_sandbox(self.folder / f"home-{self.scenes}"))
            async with scene_on(self.workers, self.present) as scene:
                await succeeds(scene, await scene.business.wanted())
        self.scenes += 1
        return self.present


@pytest.fixture(scope="session")
def sandboxes(workers: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandboxes]:
    with ExitStack() as opened:
        yield Sandboxes(workers, tmp_path_factory.mktemp("sandboxes"), opened)


@pytest.fixture
async def stack_scene(workers: Nursery, sandboxes: Sandboxes) -> AsyncIterator[StackScene]:
    async with scene_on(workers, await sandboxes.for_a_scene()) as scene:
        yield scene


@asynccontextmanager
async def scene_on(workers: Nursery, sandbox: SmallSandbox) -> AsyncIterator[StackScene]:
    app_url, system_url = (sandbox.world.database_url("provisioner", role) for role in ("app", "system"))
    database = Database(app_url=app_url, system_url=system_url, pool_size=5)
    scene = new_scene(workers, sandbox, database)
    try:
        yield scene
    finally:
        scene.mend()
        await scene.end()
        await database.aclose()
