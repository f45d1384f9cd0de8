"""Fixtures of the whole suite: the run's real PostgreSQL and Valkey, started by the first test that asks."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.support.authority import write_authority
from tests.support.scratch import new_scratch
from tests.support.servers import PostgresServer, TestServers, shared_servers, stop_servers

pytest_plugins = ["tests.support.case_report"]

_RUN = "STACKPRO_TEST_RUN"
_OWNER = "STACKPRO_TEST_RUN_OWNER"
_VALKEY_DATABASES = 64
_LONG = ("tests/faults/test_stack", "tests/journeys/", "tests/faults/", "tests/sandbox/")
_ONE_WORLD = ("tests/faults/test_stack", "tests/journeys/")
"""Modules that share what takes long to start: an emulated account, a whole platform."""


def pytest_configure(config: pytest.Config) -> None:
    """The process that owns the run makes its folder; workers of pytest-xdist inherit the name."""
    if not _is_worker(config):
        run = new_scratch("stackpro-tests-")
        os.environ[_RUN] = str(run)
        os.environ[_OWNER] = str(os.getpid())
        (run / "tmp").mkdir()
        os.environ["TMPDIR"], tempfile.tempdir = str(run / "tmp"), None
        # Each of thousands of clients would read the authorities of the whole world, for 20 ms.
        os.environ["SSL_CERT_FILE"] = str(run / "authority.pem")
        write_authority(Path(os.environ["SSL_CERT_FILE"]))
    # How fast this machine is today is no property of the code.
    hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("suite")
    # A traceback with the values of its variables would take half a second to be coloured.
    log_to_people = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], log_to_people])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: it is not searched for garbage meanwhile, nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The owner ends what its workers started; if it is killed, the servers notice by themselves."""
    if not _is_worker(config):
        run = Path(os.environ.pop(_RUN))
        stop_servers(run)
        shutil.rmtree(run, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that take long begin first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: next((n for n, start in enumerate(_LONG) if item.nodeid.startswith(start)), len(_LONG)))


class OneWorldOneWorker(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """Gives each module to one worker, and all modules that share a world to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return next((world for world in _ONE_WORLD if module.startswith(world)), module)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWorldOneWorker | None:
    """Otherwise each test to whichever worker is free: `make faults` has hundreds for one world, and a world each."""
    return OneWorldOneWorker(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def test_servers() -> TestServers:
    """The PostgreSQL and Valkey of this run, shared by all workers."""
    return shared_servers(Path(os.environ[_RUN]), int(os.environ[_OWNER]))


@pytest.fixture(scope="session")
def postgres(test_servers: TestServers) -> PostgresServer:
    """A real PostgreSQL 18 with pgvector: host, port, superuser and password, `dsn(database)`."""
    return test_servers.postgres


@pytest.fixture(scope="session")
def valkey_url(test_servers: TestServers, worker_number: int) -> str:
    """The URL of a Valkey database that no other worker uses (channels are shared by all databases)."""
    return test_servers.valkey.url(worker_number % _VALKEY_DATABASES)


@pytest.fixture(scope="session")
def worker_number() -> int:
    """0 without pytest-xdist, else this worker's number."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
