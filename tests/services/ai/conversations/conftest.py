"""ai and messaging, both real, and a business whose people use both."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from libs.common.application import create_application
from libs.common.failpoints import configure_failpoints
from libs.common.http_client import ServiceHttp
from libs.common.security.assertions import AssertionSigner
from libs.contracts.messaging import MessagingClient
from services.ai.app import SERVICE as AI
from services.ai.context import AiContext
from services.ai.settings import AiSettings
from services.messaging.app import SERVICE as MESSAGING
from services.messaging.context import MessagingContext
from services.messaging.settings import MessagingSettings
from tests.services.ai.conversations.world import Office, opened_office
from tests.services.messaging.world import messaging_settings, open_messaging
from tests.support.buses import bus_settings
from tests.support.databases import migrated_database
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS
from tests.support.servers import PostgresServer


@pytest.fixture(scope="package")
async def messaging(
    postgres: PostgresServer, valkey_url: str, ai_settings: AiSettings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[MessagingContext]:
    """messaging's open parts; its files are served where those of ai are."""
    settings = messaging_settings(
        await migrated_database(postgres, "messaging"),
        await bus_settings(postgres),
        valkey_url,
        tmp_path_factory.mktemp("messaging"),
    )
    async with open_messaging(settings.model_copy(update={"objects": ai_settings.objects})) as context:
        await context.objects.ensure_bucket(settings.attachments_bucket)
        yield context


@pytest.fixture(scope="package")
async def messaging_url(messaging: MessagingContext) -> AsyncIterator[str]:
    @asynccontextmanager
    async def opened(_settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
        yield messaging

    app = create_application(replace(MESSAGING, open_context=opened, socket=None), messaging.settings)
    async with served(app) as url:
        yield url


@pytest.fixture(scope="package")
async def conversing_ai(opened_ai: AiContext, messaging_url: str) -> AsyncIterator[AiContext]:
    """ai's open parts, with the way to messaging."""
    http = ServiceHttp("messaging", messaging_url, AssertionSigner("ai", SERVICE_KEYS["ai"]))
    yield replace(opened_ai, messaging=MessagingClient(http))
    await http.aclose()


@pytest.fixture(scope="package")
async def conversing_ai_url(ai_settings: AiSettings, conversing_ai: AiContext) -> AsyncIterator[str]:
    @asynccontextmanager
    async def opened(_settings: AiSettings) -> AsyncIterator[AiContext]:
        yield conversing_ai

    async with served(create_application(replace(AI, open_context=opened), ai_settings)) as url:
        yield url


@pytest.fixture
def ai(conversing_ai: AiContext) -> Iterator[AiContext]:
    yield conversing_ai
    configure_failpoints("")


@pytest.fixture
async def office(
    ai: AiContext, messaging: MessagingContext, conversing_ai_url: str, messaging_url: str
) -> AsyncIterator[Office]:
    """A business with an assistant that knows the prices."""
    async with opened_office(ai, messaging, conversing_ai_url, messaging_url) as office:
        yield office
