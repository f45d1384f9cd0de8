"""A control plane for each test, and agents that end with it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.services.provisioner.agent.plane import Plane, running_plane
from tests.services.provisioner.agent.process import AgentProcess
from tests.support.workers import Nursery, nursery

MakeAgent = Callable[..., AgentProcess]


@pytest.fixture(scope="session")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("agents")) as parent:
        yield parent


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    async with running_plane() as running:
        yield running


@pytest.fixture
async def make_agent(plane: Plane, agents: Nursery, tmp_path: Path) -> AsyncIterator[MakeAgent]:
    made: list[AgentProcess] = []

    def make(name: str = "host-1", *, token: str = "boot-1", memory_mib: int = 4096) -> AgentProcess:
        agent = AgentProcess(agents, plane, tmp_path / name, token=token, memory_mib=memory_mib)
        made.append(agent)
        return agent

    yield make
    for agent in made:
        await agent.kill()
