"""The command against real services: through the files of a sandbox's home, as `stackpro` finds a running sandbox."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from typer.testing import CliRunner, Result

from cli.main import app
from sandbox.files import write_json
from tests.support.identities import SERVICE_KEYS
from tests.support.servers import PostgresServer
from tests.support.services import Services, running_services

Command = Callable[..., Awaitable[Result]]


@pytest.fixture(scope="module")
async def services(
    postgres: PostgresServer, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    async with running_services(postgres, valkey_url, tmp_path_factory.mktemp("services")) as services:
        yield services


@pytest.fixture
def home(services: Services, tmp_path: Path) -> Path:
    """What `make run` leaves for the command."""
    write_json(tmp_path / "endpoints.json", {"gateway": services.urls["gateway"]})
    write_json(tmp_path / "ports.json", {name: urlsplit(url).port for name, url in services.urls.items()})
    write_json(tmp_path / "secrets.json", {"service.cli": SERVICE_KEYS["cli"]})
    return tmp_path


@pytest.fixture
def stackpro(home: Path) -> Command:
    """Runs `stackpro ARGUMENTS` on that home; the services answer in this process meanwhile."""

    async def run(*arguments: str, **environment: str) -> Result:
        given = {"STACKPRO_HOME": str(home), "COLUMNS": "200", **environment}
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=given)

    return run


@pytest.fixture(autouse=True)
def logs_apart() -> Iterator[None]:
    """The services log past the output of the command, as they do where they are other processes."""
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))
    yield
    structlog.configure(**before)
