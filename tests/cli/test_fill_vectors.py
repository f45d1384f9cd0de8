"""`stackpro ai fill-vectors` copies what ai's database has, with ai's settings, to the form that they name."""

import asyncio
import json
import os
import subprocess
import sys

from typer.testing import CliRunner

from cli.main import app
from tests.services.ai.index.library import Library
from tests.services.ai.opensearch import PASSWORD, PREFIX, USER, fake_opensearch
from tests.support.databases import migrated_database
from tests.support.servers import PostgresServer


async def test_all_vectors_are_copied(postgres: PostgresServer) -> None:
    ai = await migrated_database(postgres, "ai", part="_filling")
    database = ai.open()
    try:
        library = await Library(database).opened()
        await library.ready("A loaf of rye bread", "Wedding cakes")
    finally:
        await database.aclose()
    async with fake_opensearch() as fake:
        vectors = {"form": "opensearch", "url": fake.url, "service": "none", "prefix": PREFIX}
        environment = {
            "STACKPRO_DATABASE_URL": ai.url("app"),
            "STACKPRO_DATABASE_SYSTEM_URL": ai.url("system"),
            "STACKPRO_VECTORS": json.dumps({**vectors, "user": USER, "password": PASSWORD}),
        }

        done = await asyncio.to_thread(_run, environment)

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == "2 vectors copied."
        assert {one["tenant_id"] for one in fake.stored()} == {str(library.tenant_id)}


def test_where_postgresql_is_searched_there_is_nothing_to_fill() -> None:
    urls = {"STACKPRO_DATABASE_URL": "postgresql+asyncpg://x", "STACKPRO_DATABASE_SYSTEM_URL": "postgresql+asyncpg://x"}
    result = CliRunner().invoke(app, ["ai", "fill-vectors"], env=urls)
    assert result.exit_code == 1
    assert "STACKPRO_VECTORS" in result.output


def _run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "ai", "fill-vectors"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
