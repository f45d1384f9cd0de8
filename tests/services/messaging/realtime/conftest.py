"""Fixtures of the sockets' tests: one node and one relay for all of them, and for no tests elsewhere."""

from collections.abc import AsyncIterator

import pytest

from services.messaging.settings import MessagingSettings
from tests.services.messaging.realtime.world import Room, RunningNode, new_room, running_node, running_relay
from tests.services.messaging.world import Business, new_business

ORIGIN = "https://app.example.com"


@pytest.fixture(scope="package")
def node_settings(settings: MessagingSettings) -> MessagingSettings:
    return settings.model_copy(update={"web_origins": [ORIGIN], "database_pool_size": 4})


@pytest.fixture(scope="package")
async def node(node_settings: MessagingSettings) -> AsyncIterator[RunningNode]:
    async with running_node(node_settings) as running:
        yield running


@pytest.fixture(scope="package")
async def relay(node: RunningNode) -> AsyncIterator[None]:
    async with running_relay(node.parts):
        yield


@pytest.fixture
async def business(node: RunningNode) -> Business:
    """A business of three people."""
    return await new_business(node.parts)


@pytest.fixture
async def room(node: RunningNode, relay: None, business: Business) -> Room:
    """A group of everybody, whose events the relay tells."""
    return await new_room(node.parts, business)
