"""The client of the cache, on a real Valkey."""

import pytest
from pydantic import SecretStr

from libs.adapters.cache import CACHE_ERRORS, CacheSettings, open_cache, platform_key


async def test_the_client_speaks_text_and_answers_a_ping(valkey_url: str) -> None:
    async with open_cache(CacheSettings(url=SecretStr(valkey_url))) as cache:
        await cache.set(platform_key("greeting"), "grüß", ex=10)

        assert await cache.get(platform_key("greeting")) == "grüß"
        assert await cache.ping()


async def test_a_cache_that_is_away_raises_what_callers_expect() -> None:
    async with open_cache(CacheSettings(url=SecretStr("redis://127.0.0.1:1/0"), connect_timeout=0.5)) as cache:
        with pytest.raises(CACHE_ERRORS):
            await cache.ping()
