"""A PostgreSQL for the life of one command: in a folder of its own, gone with it."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from libs.common.database import Database
from libs.common.migrations.preparation import RolePasswords, prepare_database, prepare_roles
from libs.common.migrations.runner import migrate
from sandbox import credentials
from sandbox.children import program
from sandbox.errors import SandboxError
from sandbox.ports import free_port
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import fork_child

START_SECONDS = 60.0
STOP_SECONDS = 10.0


@contextmanager
def scratch_postgres() -> Iterator[EmbeddedPostgres]:
    """Runs until the block ends, or this process does. Begin it before any event loop, thread or connection.

    Raises:
        SandboxError: PostgreSQL cannot run here, or did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="stackpro-scratch-"))
    try:
        postgres = EmbeddedPostgres(
            folder / "postgres",
            port=free_port(),
            password=credentials.password(),
            run_dir=folder,
            durable=False,
        )
        log = folder / "postgres.log"
        pid = fork_child(program(postgres.argv(), prepare=postgres.prepare), log=log, death_signal=signal.SIGINT)
        try:
            _wait_for(postgres, pid, log)
            yield postgres
        finally:
            _stop(pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def open_scratch_database(postgres: EmbeddedPostgres, service: str, migrations: Path) -> Database:
    """A new database of `service` with its newest schema; close it with `aclose`."""
    passwords = RolePasswords(owner=credentials.password(), app=credentials.password(), system=credentials.password())
    await prepare_roles(postgres.dsn(), service, passwords)
    await prepare_database(postgres.dsn(), service)

    def url(role: str) -> str:
        login = f"{service}_{role}:{getattr(passwords, role)}"
        return f"postgresql+asyncpg://{login}@127.0.0.1:{postgres.port}/{service}"

    await migrate(migrations, url("owner"))
    return Database(app_url=url("app"), system_url=url("system"))


def _wait_for(postgres: EmbeddedPostgres, pid: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not asyncio.run(postgres.is_ready()):
        if time.monotonic() > deadline or os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            raise SandboxError(f"PostgreSQL did not start: {log.read_text()[-1000:]}")
        time.sleep(0.05)


def _stop(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
