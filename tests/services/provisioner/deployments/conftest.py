"""The endpoints of deployments and stacks as a running service, with a stand-in for what hosts report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

import services.provisioner
from libs.adapters.bus import open_bus
from libs.common.application import create_application
from libs.common.bell import Bell, listening
from libs.common.service import Service
from libs.common.service_parts import open_parts
from libs.common.settings import ServiceSettings
from libs.contracts.provisioner import CALLERS, AppState
from services.provisioner.base import Base
from services.provisioner.deployments import endpoints as deployments
from services.provisioner.deployments.repository import CHANGED_CHANNEL
from services.provisioner.deps import EngineContext
from services.provisioner.resources import endpoints as resources
from services.provisioner.stacks import endpoints as stacks
from services.provisioner.stacks.health import StackReport
from services.provisioner.stacks.models import Stack
from tests.services.provisioner.engine.world import recipes_of
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, jwks
from tests.support.servers import PostgresServer

MIGRATIONS = Path(services.provisioner.__file__).parent / "migrations"


class AllWell:
    """Every stack that stands is healthy."""

    async def report(self, session: AsyncSession, stack: Stack) -> StackReport | None:
        app = AppState(status="healthy", url=f"http://{stack.slug}.localhost")
        return StackReport(
            apps={"crm": app}, fresh=True, uptime=1.0, storage_bytes=5, bandwidth_bytes=7, last_backup_at=None
        )


@pytest.fixture(scope="session")
async def service_url(service_database: ServiceDatabase, postgres: PostgresServer) -> AsyncIterator[str]:
    settings = ServiceSettings(
        database_url=SecretStr(service_database.url("app")),
        database_system_url=SecretStr(service_database.url("system")),
        jwks_url="http://127.0.0.1:9/unused",
        service_private_key=SecretStr(SERVICE_KEYS["provisioner"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        drain_seconds=0,
    )
    bus = await bus_settings(postgres)

    @asynccontextmanager
    async def open_context(settings: ServiceSettings) -> AsyncIterator[EngineContext]:
        system_url = settings.database_system_url.get_secret_value()
        async with (
            open_parts("provisioner", settings, fetch_jwks=jwks) as parts,
            open_bus(bus) as opened,
            listening(Bell(CHANGED_CHANNEL), system_url) as changes,
        ):
            yield EngineContext(
                settings=settings,
                database=parts.database,
                bus=opened,
                clock=parts.clock,
                cursors=parts.cursors,
                tokens=parts.tokens,
                assertions=parts.assertions,
                access_modes=parts.access_modes,
                recipes=recipes_of(),
                changes=changes,
                stack_health=AllWell(),
                stack_url="http://{slug}.localhost:8000",
            )

    service = Service(
        name="provisioner",
        settings=ServiceSettings,
        open_context=open_context,
        migrations=MIGRATIONS,
        routers=(deployments.router, stacks.router, resources.router),
        tables=Base.metadata,
        callers={**CALLERS, **resources.DRIFT_CALLERS},
    )
    async with served(create_application(service, settings)) as url:
        yield url


@pytest.fixture
async def client(service_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=service_url, timeout=10) as client:
        yield client
