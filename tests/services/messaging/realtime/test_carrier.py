"""The node's ear in Valkey comes back, however often and whenever its connection is cut."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from libs.adapters.cache import CacheSettings, open_cache, platform_key
from libs.common.ids import new_id
from services.messaging.realtime.carrier import Carrier
from tests.support.eventually import eventually

CUTS = 6


@pytest.fixture
async def cache(valkey_url: str) -> AsyncIterator[Redis]:
    async with open_cache(CacheSettings(url=SecretStr(valkey_url))) as opened:
        yield opened


async def test_a_connection_that_is_cut_while_channels_are_asked_for_is_made_anew(
    valkey_url: str, cache: Redis
) -> None:
    heard: list[tuple[str, bytes]] = []
    carrier = Carrier(
        CacheSettings(url=SecretStr(valkey_url)),
        on_message=lambda channel, body: heard.append((channel, body)),
        on_lost=lambda: None,
    )
    listening = asyncio.create_task(carrier.listen())
    channels = [platform_key(f"test-{new_id()}") for _ in range(CUTS)]
    try:
        for channel in channels:
            await eventually(lambda: carrier.connected)
            await cache.client_kill_filter(_type="pubsub")
            carrier.want(channel)  # the writer finds the connection cut while the reader does
            await eventually(lambda: not carrier.connected or listening.done())
        await eventually(lambda: carrier.connected)
        await carrier.until_heard(channels, within=10)
        for channel in channels:
            await cache.publish(channel, "hallo")
        await eventually(lambda: heard == [(channel, b"hallo") for channel in channels])
        assert not listening.done()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
