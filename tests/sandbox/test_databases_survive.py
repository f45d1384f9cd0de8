"""PostgreSQL and Valkey under the supervisor: a `kill -9` of everything loses nothing that was acknowledged."""

import signal
from pathlib import Path

import asyncpg
from redis.asyncio import Redis

from sandbox.home import Home
from sandbox.processes import processes_working_in
from tests.sandbox.running import running


async def write_everywhere(home: Home, number: int) -> None:
    connection = await asyncpg.connect(home.endpoints()["postgres"])
    await connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number int PRIMARY KEY)")
    await connection.execute("INSERT INTO acknowledged VALUES ($1)", number)
    async with Redis.from_url(home.endpoints()["valkey"]) as valkey:
        await valkey.sadd("acknowledged", number)
    # Not closed: clients are still connected when everything ends.
    connection.terminate()


async def read_everywhere(home: Home) -> tuple[set[int], set[int]]:
    connection = await asyncpg.connect(home.endpoints()["postgres"])
    rows = {row["number"] for row in await connection.fetch("SELECT number FROM acknowledged")}
    await connection.close()
    async with Redis.from_url(home.endpoints()["valkey"]) as valkey:
        members = {int(member) for member in await valkey.smembers("acknowledged")}
    return rows, members


async def test_nothing_acknowledged_is_lost_by_killing_everything(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for number in range(2):
        with running(tmp_path, "databases") as killed:
            await killed.until("up")
            await write_everywhere(home, number)
            killed.signal(signal.SIGKILL)
            killed.wait()
        (tmp_path / "events").unlink()

    with running(tmp_path, "databases") as sandbox:
        await sandbox.until("up")
        assert await read_everywhere(home) == ({0, 1}, {0, 1})


async def test_a_killed_database_is_restarted_with_its_data(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with running(tmp_path, "databases") as sandbox:
        await sandbox.until("up")
        await write_everywhere(home, 0)
        home.processes.read()["postgres"].process.send(signal.SIGKILL)
        home.processes.read()["valkey"].process.send(signal.SIGKILL)
        await sandbox.until("postgres crashed was ended by SIGKILL")
        await sandbox.until("valkey crashed was ended by SIGKILL")
        await sandbox.until_last("postgres ready")
        await sandbox.until_last("valkey ready")

        assert await read_everywhere(home) == ({0}, {0})


async def test_ctrl_c_ends_the_databases_cleanly(tmp_path: Path) -> None:
    with running(tmp_path, "databases") as sandbox:
        await sandbox.until("up")
        await write_everywhere(Home(tmp_path), 0)
        sandbox.signal(signal.SIGINT)

        assert sandbox.wait() == (0, "")
        assert not (tmp_path / "postgres" / "postmaster.pid").exists()
        assert list(processes_working_in(tmp_path / "postgres")) == []
