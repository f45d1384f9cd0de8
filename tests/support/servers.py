"""One PostgreSQL and one Valkey for a whole test run, shared by all its workers.

The first test that needs them starts a keeper, which is this module run as a program. It lives exactly as long as
the process that owns the run, however that ends, and removes the run's folder.
"""

import argparse
import fcntl
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.children import Child
from sandbox.errors import StartFailed
from sandbox.files import write_json
from sandbox.leftovers import ProcessRecord
from sandbox.ports import free_port
from sandbox.postgres import SUPERUSER, EmbeddedPostgres
from sandbox.processes import ProcessIdentity
from sandbox.supervisor import Supervisor
from sandbox.valkey import EmbeddedValkey

_START_LIMIT = 60.0


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """Where the run's PostgreSQL is and its superuser."""

    host: str
    port: int
    user: str
    password: str

    def dsn(
        self,
        database: str = "postgres",
        *,
        user: str | None = None,
        password: str | None = None,
        scheme: str = "postgresql",
    ) -> str:
        """The URL of `database`, as the superuser unless a user is given."""
        who = f"{user or self.user}:{password or self.password}"
        return f"{scheme}://{who}@{self.host}:{self.port}/{database}"


@dataclass(frozen=True, kw_only=True)
class ValkeyServer:
    """Where the run's Valkey is; it has the databases 0 to 63."""

    host: str
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/{database}"


@dataclass(frozen=True)
class TestServers:
    """Both servers of the run."""

    __test__ = False

    postgres: PostgresServer
    valkey: ValkeyServer


def shared_servers(run: Path, owner: int) -> TestServers:
    """The servers of the test run whose folder is `run`; started when nobody has, to live as long as pid `owner`."""
    with _locked(run / "servers.lock"):
        if not (run / "servers.json").exists():
            _start_keeper(run, owner)
    found = json.loads((run / "servers.json").read_text())
    return TestServers(PostgresServer(**found["postgres"]), ValkeyServer(**found["valkey"]))


def stop_servers(run: Path) -> None:
    """End the servers of the run, if any were started, and remove its folder; called by the run's owner."""
    with suppress(FileNotFoundError, ProcessLookupError):
        keeper = int((run / "keeper.pid").read_text())
        os.kill(keeper, signal.SIGTERM)
        _wait_for_exit(keeper, limit=20.0)
    shutil.rmtree(run, ignore_errors=True)


def keep(run: Path, owner: int) -> None:
    """Run the servers until `owner` ends or SIGTERM arrives: the keeper's whole life."""
    postgres = EmbeddedPostgres(
        run / "postgres",
        port=free_port(),
        password=secrets.token_hex(16),
        run_dir=run,
        durable=False,
    )
    valkey = EmbeddedValkey(run / "valkey", port=free_port(), password=secrets.token_hex(16), durable=False)
    supervisor = Supervisor(logs=run / "logs", record=ProcessRecord(run / "processes.json"))
    supervisor.add(postgres.child())
    supervisor.add(valkey.child())
    supervisor.add(Child(name="owner", run=lambda: _stop_parent_after(owner)))
    (run / "keeper.pid").write_text(str(os.getpid()))
    try:
        supervisor.run(on_up=lambda: write_json(run / "servers.json", _addresses(postgres, valkey)))
    except StartFailed as failure:
        sys.exit(f"{failure}\n{failure.log_tail}")
    finally:
        if ProcessIdentity.of(owner) is None:
            shutil.rmtree(run, ignore_errors=True)


def _addresses(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> dict[str, object]:
    return {
        "postgres": {
            "host": "127.0.0.1",
            "port": postgres.port,
            "user": SUPERUSER,
            "password": postgres.password,
        },
        "valkey": {"host": "127.0.0.1", "port": valkey.port, "password": valkey.password},
    }


def _start_keeper(run: Path, owner: int) -> None:
    log = run / "keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.servers", str(run), str(owner)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_LIMIT
    while not (run / "servers.json").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the test servers did not start: {log.read_text()}")
        time.sleep(0.02)
    # Not ours to wait for: it ends with the run, which may outlive this worker.
    keeper.returncode = 0


def _stop_parent_after(owner: int) -> None:
    _wait_for_exit(owner)
    os.kill(os.getppid(), signal.SIGTERM)
    signal.pause()


def _wait_for_exit(pid: int, *, limit: float | None = None) -> None:
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            select.select([descriptor], [], [], limit)
        finally:
            os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Run the test servers for as long as another process.")
    arguments.add_argument("run", type=Path)
    arguments.add_argument("owner", type=int)
    given = arguments.parse_args()
    keep(given.run, given.owner)
