"""The servers that all tests share are real, and what they promise holds."""

import asyncpg
from redis.asyncio import Redis

from tests.support.servers import PostgresServer


async def test_postgres_accepts_its_superuser_and_offers_vectors(postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    try:
        assert await connection.fetchval("SHOW server_version_num") >= "180000"
        available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        assert await connection.fetchval(available) == 1
    finally:
        await connection.close()


async def test_valkey_answers_at_its_url(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as valkey:
        await valkey.set("greeting", "hello", ex=60)
        assert await valkey.get("greeting") == b"hello"
