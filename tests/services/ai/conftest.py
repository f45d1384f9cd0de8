"""ai's own application on its real database, with the real billing beside it and MiniLM in it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from libs.adapters.bus import LocalBusSettings
from libs.adapters.objects import LocalObjectsSettings
from libs.common.application import create_application
from libs.common.failpoints import configure_failpoints
from libs.common.security.tokens import AccessTokenVerifier
from sandbox.objects.app import ObjectsServerSettings
from sandbox.objects.app import create_app as create_objects_server
from sandbox.ports import free_port
from services.ai.app import SERVICE
from services.ai.context import AiContext, open_context
from services.ai.settings import AiSettings
from tests.services.ai.opensearch import OpenSearch, fake_opensearch
from tests.services.ai.people import Business, opened_business
from tests.support.billing import Billing, open_billing
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, jwks
from tests.support.servers import PostgresServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
async def ai_database(postgres: PostgresServer) -> ServiceDatabase:
    return await migrated_database(postgres, "ai")


@pytest.fixture(scope="session")
async def ai_bus(postgres: PostgresServer) -> LocalBusSettings:
    return await bus_settings(postgres)


@pytest.fixture(scope="session")
def ai_settings(
    ai_database: ServiceDatabase, ai_bus: LocalBusSettings, tmp_path_factory: pytest.TempPathFactory
) -> AiSettings:
    objects = LocalObjectsSettings(
        root=tmp_path_factory.mktemp("ai") / "objects",
        public_url=f"http://127.0.0.1:{free_port()}",
        signing_key=SecretStr("o" * 32),
    )
    return AiSettings(
        database_url=SecretStr(ai_database.url("app")),
        database_system_url=SecretStr(ai_database.url("system")),
        database_pool_size=6,
        jwks_url=f"{NOWHERE}/jwks",
        service_private_key=SecretStr(SERVICE_KEYS["ai"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        drain_seconds=0,
        bus=ai_bus,
        objects=objects,
        billing_url=NOWHERE,
        messaging_url=NOWHERE,
        documents_bucket="documents",
    )


@pytest.fixture(scope="session")
async def ai_billing(postgres: PostgresServer, ai_bus: LocalBusSettings) -> AsyncIterator[Billing]:
    """The real billing."""
    async with open_billing(await migrated_database(postgres, "billing"), ai_bus) as billing:
        yield billing


@pytest.fixture(scope="session")
async def ai_objects_server(ai_settings: AiSettings) -> AsyncIterator[None]:
    """Serves the signed addresses of ai's objects."""
    store = ai_settings.objects
    assert isinstance(store, LocalObjectsSettings)
    port = int(store.public_url.rpartition(":")[2])
    async with served(create_objects_server(ObjectsServerSettings(store=store)), port=port):
        yield


@pytest.fixture(scope="session")
async def opened_ai(ai_settings: AiSettings, ai_billing: Billing, ai_objects_server: None) -> AsyncIterator[AiContext]:
    async with open_context(ai_settings) as context:
        await context.objects.ensure_bucket(ai_settings.documents_bucket)
        tokens = AccessTokenVerifier(jwks)
        yield replace(context, tokens=tokens, billing=ai_billing.client("ai"), clock=ai_billing.clock)


@pytest.fixture
def ai(opened_ai: AiContext) -> Iterator[AiContext]:
    """ai's open parts."""
    yield opened_ai
    configure_failpoints("")


@pytest.fixture(scope="session")
async def ai_url(ai_settings: AiSettings, opened_ai: AiContext) -> AsyncIterator[str]:
    """ai over HTTP, on the same parts."""

    @asynccontextmanager
    async def opened(_settings: AiSettings) -> AsyncIterator[AiContext]:
        yield opened_ai

    async with served(create_application(replace(SERVICE, open_context=opened), ai_settings)) as url:
        yield url


@pytest.fixture
async def business(ai: AiContext, ai_url: str) -> AsyncIterator[Business]:
    """An owner, a member and a viewer of a new business, each with an HTTP client."""
    async with opened_business(ai, ai_url) as opened:
        yield opened


@pytest.fixture(scope="session")
async def opensearch_server() -> AsyncIterator[OpenSearch]:
    async with fake_opensearch() as fake:
        yield fake


@pytest.fixture
def opensearch(opensearch_server: OpenSearch) -> OpenSearch:
    """The fake as if it had just been made."""
    vars(opensearch_server).update(vars(OpenSearch(url=opensearch_server.url)))
    return opensearch_server
