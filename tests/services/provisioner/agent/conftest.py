"""A control plane for each test, and agents that end with it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.services.provisioner.agent.plane import AgentProcess, Plane, running_plane

MakeAgent = Callable[..., AgentProcess]


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    async with running_plane() as running:
        yield running


@pytest.fixture
async def make_agent(plane: Plane, tmp_path: Path) -> AsyncIterator[MakeAgent]:
    made: list[AgentProcess] = []

    def make(name: str = "host-1", *, token: str = "boot-1", memory_mib: int = 4096) -> AgentProcess:
        agent = AgentProcess(plane, tmp_path / name, token=token, memory_mib=memory_mib)
        made.append(agent)
        return agent

    yield make
    for agent in made:
        await agent.kill()
