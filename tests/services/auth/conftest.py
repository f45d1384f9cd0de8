"""auth as a running service, with a mailbox that keeps what is sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from libs.adapters.keys import LocalKeysSettings
from libs.adapters.mail import MailboxSettings, Sender
from libs.common.application import create_application
from services.auth.app import SERVICE
from services.auth.context import AuthContext, open_context
from services.auth.settings import AuthSettings
from tests.services.auth.billing import Billing
from tests.services.auth.factories import WEB_APP, WEB_APP_IN_PRODUCTION
from tests.support.buses import bus_settings
from tests.support.databases import migrated_database
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
def billing() -> Billing:
    return Billing()


@pytest.fixture(scope="session")
async def billing_url(billing: Billing) -> AsyncIterator[str]:
    async with served(billing.app()) as url:
        yield url


@pytest.fixture(scope="session")
async def auth_settings(
    postgres: PostgresServer, billing_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AuthSettings:
    database = await migrated_database(postgres, "auth")
    folder: Path = tmp_path_factory.mktemp("auth")
    return AuthSettings(
        database_url=SecretStr(database.url("app")),
        database_system_url=SecretStr(database.url("system")),
        jwks_url="http://127.0.0.1:9/unused",
        service_private_key=SecretStr(SERVICE_KEYS["auth"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        billing_url=billing_url,
        refresh_key=SecretStr("r" * 32),
        bus=await bus_settings(postgres),
        keys=LocalKeysSettings(path=folder / "keys.json", master_key=SecretStr("m" * 32)),
        mail=MailboxSettings(
            sender=Sender(address="hello@stackpro.example"), url="http://127.0.0.1:9", secret=SecretStr("s" * 32)
        ),
        web_url="http://127.0.0.1:3000",
        web_origins=[WEB_APP, WEB_APP_IN_PRODUCTION],
        drain_seconds=0,
    )


@pytest.fixture(scope="session")
async def auth_url(auth_settings: AuthSettings) -> AsyncIterator[str]:
    async with served(create_application(SERVICE, auth_settings)) as url:
        yield url


@pytest.fixture
async def client(auth_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=auth_url, timeout=30) as client:
        yield client


@pytest.fixture
async def context(auth_settings: AuthSettings) -> AsyncIterator[AuthContext]:
    async with open_context(auth_settings) as context:
        yield context
