"""The services as they listen."""

from collections.abc import AsyncIterator

import pytest

from tests.support.servers import PostgresServer
from tests.support.services import Services, running_services


@pytest.fixture(scope="module")
async def services(
    postgres: PostgresServer, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    async with running_services(postgres, valkey_url, tmp_path_factory.mktemp("services")) as services:
        yield services
