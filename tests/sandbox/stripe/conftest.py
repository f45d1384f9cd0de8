"""One sandbox and one receiver of webhooks for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.stripe.world import Receiver, World, running_receiver, running_world


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


@pytest.fixture
async def world(tmp_path: Path, receiver: Receiver) -> AsyncIterator[World]:
    async with running_world(tmp_path, receiver) as world:
        yield world
