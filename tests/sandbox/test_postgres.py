"""The embedded PostgreSQL: private, with pgvector, and losing nothing that it acknowledged."""

import asyncio
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from sandbox.errors import SandboxError
from sandbox.ordinary_user import OrdinaryUser, as_system_user
from sandbox.ports import free_port
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import end_processes, processes_working_in
from tests.support.eventually import eventually


def postgres_in(folder: Path, *, password: str = "first", user: OrdinaryUser | None = None) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "data", port=free_port(), password=password, run_dir=folder / "run", user=user)


def owner(path: Path) -> int:
    return path.stat().st_uid


@contextmanager
def bystander() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        try:
            yield process.pid
        finally:
            process.kill()


@contextmanager
def started(postgres: EmbeddedPostgres) -> Iterator[subprocess.Popen[bytes]]:
    """The server in the foreground, killed with all its processes at the latest at the end."""
    postgres.prepare()
    with (postgres.data.parent / "log").open("ab") as log:
        process = subprocess.Popen(postgres.argv(), stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        rest = dict.fromkeys(processes_working_in(postgres.data.resolve()), signal.SIGKILL)
        end_processes(rest, within=5.0)


async def test_it_accepts_its_password_only_and_offers_vectors(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path)
    with started(postgres):
        await eventually(postgres.is_ready)
        connection = await asyncpg.connect(postgres.dsn())
        await connection.execute("CREATE EXTENSION vector")
        assert await connection.fetchval("SELECT '[3,4]'::vector <-> '[0,0]'::vector") == 5.0
        await connection.close()

        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.dsn().replace(":first@", ":guess@"))


async def test_a_fast_shutdown_ends_it_while_clients_are_connected(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path)
    with started(postgres) as process:
        await eventually(postgres.is_ready)
        connection = await asyncpg.connect(postgres.dsn())
        process.send_signal(postgres.child().stop_signal)

        assert await asyncio.to_thread(process.wait, 5) == 0
        connection.terminate()


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path)
    with started(postgres):
        await eventually(postgres.is_ready)
        connection = await asyncpg.connect(postgres.dsn())
        await connection.execute("CREATE TABLE acknowledged (id int PRIMARY KEY)")
        for number in range(100):
            await connection.execute("INSERT INTO acknowledged VALUES ($1)", number)
        for process in processes_working_in(postgres.data.resolve()):
            os.kill(process.pid, signal.SIGKILL)
        connection.terminate()
    assert (postgres.data / "postmaster.pid").exists()

    with started(postgres):
        await eventually(postgres.is_ready)
        connection = await asyncpg.connect(postgres.dsn())
        assert await connection.fetchval("SELECT count(*) FROM acknowledged") == 100
        await connection.close()


async def test_a_server_that_still_runs_is_ended_before_the_next_one(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path)
    with started(postgres) as left_behind:
        await eventually(postgres.is_ready)
        with started(postgres):
            await eventually(postgres.is_ready)
            assert left_behind.poll() == 0


async def test_the_lock_file_of_a_dead_server_whose_pid_is_anothers_now_is_no_hindrance(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path)
    postgres.prepare()
    with bystander() as pid:
        (postgres.data / "postmaster.pid").write_text(f"{pid}\n{postgres.data}\n")

        with started(postgres):
            await eventually(postgres.is_ready)


async def test_another_password_than_the_folders_is_said_in_one_line(tmp_path: Path) -> None:
    with started(postgres_in(tmp_path)):
        pass
    postgres = postgres_in(tmp_path, password="second")

    with started(postgres), pytest.raises(SandboxError, match="was made with another password"):
        await eventually(postgres.is_ready)


def test_a_folder_that_cannot_be_made_leaves_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    postgres = EmbeddedPostgres(
        tmp_path / "file" / "data", port=free_port(), password="first", run_dir=tmp_path / "run"
    )

    with pytest.raises(SandboxError, match="could not make"):
        postgres.prepare()
    assert not (tmp_path / "run" / "postgres-password").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs to become someone else")
async def test_root_runs_it_as_a_system_user_where_namespaces_are_refused(tmp_path: Path) -> None:
    postgres = postgres_in(tmp_path, user=as_system_user())
    with started(postgres):
        await eventually(postgres.is_ready)
        assert owner(postgres.data) == pwd.getpwnam("nobody").pw_uid
        assert owner(tmp_path) == 0

    in_namespace = postgres_in(tmp_path)
    with started(in_namespace):
        await eventually(in_namespace.is_ready)
        assert owner(in_namespace.data) == 0
