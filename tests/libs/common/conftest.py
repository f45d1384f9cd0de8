"""The sample service on this worker's database and bus."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from libs.adapters.bus import BusSettings
from libs.common.database import Database
from tests.libs.common.sample.service import MIGRATIONS, SampleSettings
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, jwks
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
async def sample_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "sample", migrations=MIGRATIONS)


@pytest.fixture
async def database(sample_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = sample_database.open()
    yield database
    await database.aclose()


@pytest.fixture(scope="session")
async def bus_form(postgres: PostgresServer) -> BusSettings:
    return await bus_settings(postgres)


@pytest.fixture(scope="session")
async def jwks_url() -> AsyncIterator[str]:
    app = FastAPI()

    @app.get("/jwks.json")
    async def keys() -> dict[str, object]:
        return {"keys": await jwks()}

    async with served(app) as url:
        yield f"{url}/jwks.json"


@pytest.fixture(scope="session")
def sample_settings(sample_database: ServiceDatabase, bus_form: BusSettings, jwks_url: str) -> SampleSettings:
    return SampleSettings(
        database_url=SecretStr(sample_database.url("app")),
        database_system_url=SecretStr(sample_database.url("system")),
        jwks_url=jwks_url,
        service_private_key=SecretStr(SERVICE_KEYS["sample"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        bus=bus_form,
        drain_seconds=0,
    )
