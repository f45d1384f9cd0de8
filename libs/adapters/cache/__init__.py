"""The cache: Redis or Valkey, one client per process. What it holds may vanish, and nothing here may depend on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

CACHE_ERRORS = (RedisError, OSError)


class CacheSettings(BaseModel):
    """`url` is `redis://:password@host:port/0`, or `rediss://` for TLS. Timeouts in seconds."""

    model_config = ConfigDict(frozen=True)

    url: SecretStr
    timeout: float = Field(default=1, gt=0)
    connect_timeout: float = Field(default=2, gt=0)
    max_connections: int = Field(default=50, ge=1)


def tenant_key(tenant_id: UUID, *parts: str) -> str:
    """`t:<tenant id>:<parts>`: no key and no channel is without its tenant."""
    return ":".join(("t", str(tenant_id), *parts))


def platform_key(*parts: str) -> str:
    """`p:<parts>`, for what belongs to no tenant."""
    return ":".join(("p", *parts))


@asynccontextmanager
async def open_cache(settings: CacheSettings) -> AsyncIterator[Redis]:
    """A client that gives text; callers treat `CACHE_ERRORS` as a cache that is away, never as a failure.

    `await cache.ping()` says whether it answers.
    """
    cache = Redis.from_url(
        settings.url.get_secret_value(),
        decode_responses=True,
        socket_timeout=settings.timeout,
        socket_connect_timeout=settings.connect_timeout,
        max_connections=settings.max_connections,
        retry=Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.1), 1),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        health_check_interval=30,
    )
    try:
        yield cache
    finally:
        await cache.aclose()
