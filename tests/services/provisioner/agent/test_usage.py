"""Bandwidth counts each byte once, whatever restarts: the agent, the entrance, or Docker's answers failing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from libs.common.clock import SystemClock
from libs.contracts.hosts import StackBundle
from services.provisioner.agent.errors import RuntimeFailed
from services.provisioner.agent.reports import Reporter
from services.provisioner.agent.runtime import ContainerState, Traffic
from services.provisioner.agent.stack_folder import StackFolder, StackFolders
from tests.services.provisioner.agent.plane import ACME, bundle


class CountingRuntime:
    """Containers whose entrance has carried what the test says."""

    keeps_owners = False
    port = 0

    def __init__(self) -> None:
        self.traffic: Traffic | None = None
        self.broken = False

    async def start(self, bundles: tuple[StackBundle, ...]) -> None: ...

    async def close(self) -> None: ...

    async def apply(self, folder: StackFolder, bundle: StackBundle) -> None: ...

    async def remove(self, folder: StackFolder, bundle: StackBundle) -> None: ...

    async def states(self, folder: StackFolder, bundle: StackBundle) -> dict[str, ContainerState]:
        if self.broken:
            raise RuntimeFailed("as ordered")
        return {"traefik": ContainerState(status="healthy", traffic=self.traffic)}

    @asynccontextmanager
    async def quiesced(self, folder: StackFolder, bundle: StackBundle) -> AsyncIterator[frozenset[str]]:
        yield frozenset()

    async def halt(self, folder: StackFolder, bundle: StackBundle) -> None: ...

    async def load_databases(self, folder: StackFolder, bundle: StackBundle) -> None: ...


class Meter:
    """A host with one stack, looked at by an agent that may be started again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.runtime = CountingRuntime()
        self.folders = StackFolders(root)
        self.folders.recover()
        self.folders.folder(ACME.slug).save(bundle())
        self.start_agent()

    def start_agent(self) -> None:
        self._reporter = Reporter(
            self._root,
            host_id="host-1",
            folders=self.folders,
            runtime=self.runtime,
            clock=SystemClock(),
            memory_mib=4096,
        )

    async def total(self, transferred_bytes: int | None = None, *, counter: str = "first start") -> int:
        """What a report says of all apps together when the entrance's counter stands there."""
        self.runtime.traffic = None
        if transferred_bytes is not None:
            self.runtime.traffic = Traffic(counter=counter, transferred_bytes=transferred_bytes)
        report = await self._reporter.collect()
        return sum(app.bandwidth_bytes for stack in report.stacks for app in stack.apps)


async def test_a_restart_of_the_agent_counts_nothing_twice(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    meter.start_agent()
    assert await meter.total(1000) == 1000
    assert await meter.total(1300) == 1300


async def test_a_restart_of_the_entrance_goes_on_where_it_stood(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    assert await meter.total(200, counter="second start") == 1200
    assert await meter.total(250, counter="second start") == 1250


async def test_a_new_counter_that_is_already_past_the_old_one_counts_in_full(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    meter.start_agent()
    assert await meter.total(5000, counter="second start") == 6000


async def test_a_counter_that_cannot_be_read_for_a_while_counts_nothing_twice(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    assert await meter.total(None) == 1000
    meter.runtime.broken = True
    assert await meter.total(1000) == 1000
    meter.runtime.broken = False
    assert await meter.total(1100) == 1100


async def test_a_counter_that_went_back_and_came_again_counts_nothing_twice(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    assert await meter.total(0) == 1000
    assert await meter.total(1000) == 1000


async def test_a_stack_that_left_the_host_begins_anew_when_it_comes_back(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert await meter.total(1000) == 1000
    meter.folders.delete(ACME.slug)
    assert await meter.total(1000) == 0
    meter.folders.folder(ACME.slug).save(bundle())
    assert await meter.total(70, counter="second start") == 70
