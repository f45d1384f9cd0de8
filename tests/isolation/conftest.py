"""The services, and tenants of every kind in them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from tests.support.servers import PostgresServer
from tests.support.services import Services, running_services
from tests.support.tenants import Tenant, new_tenant


@dataclass(frozen=True, kw_only=True)
class Tenants:
    """`other` is a tenant like `usual`, who should learn nothing of it."""

    usual: Tenant
    other: Tenant
    suspended: Tenant
    read_only: Tenant


@pytest.fixture(scope="package")
async def services(
    postgres: PostgresServer, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    async with running_services(postgres, valkey_url, tmp_path_factory.mktemp("services")) as services:
        yield services


@pytest.fixture(scope="package")
async def clients(services: Services) -> AsyncIterator[Mapping[str, httpx.AsyncClient]]:
    opened = {name: httpx.AsyncClient(base_url=url, timeout=30) for name, url in services.urls.items()}
    yield opened
    for client in opened.values():
        await client.aclose()


@pytest.fixture(scope="package")
async def tenants(services: Services) -> Tenants:
    return Tenants(
        usual=await new_tenant(services),
        other=await new_tenant(services),
        suspended=await new_tenant(services, mode="suspended"),
        read_only=await new_tenant(services, mode="read_only"),
    )
