"""The embedded Valkey: behind a password that `ps` does not show, keeping what it acknowledged."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError

from sandbox.ports import free_port
from sandbox.valkey import EmbeddedValkey
from tests.support.eventually import eventually


@contextmanager
def started(valkey: EmbeddedValkey) -> Iterator[subprocess.Popen[bytes]]:
    valkey.prepare()
    process = subprocess.Popen(valkey.argv(), stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def is_ready(valkey: EmbeddedValkey) -> bool:
    try:
        return await valkey.is_ready()
    except ConnectionRefusedError:
        return False


async def test_it_refuses_whoever_does_not_know_the_password(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path, port=free_port(), password="secret-one")
    with started(valkey) as process:
        await eventually(lambda: is_ready(valkey))
        async with Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)) as stranger:
            with pytest.raises(AuthenticationError):
                await stranger.ping()

        assert b"secret-one" not in command_line(process.pid)
        assert is_private(tmp_path / "valkey.conf")


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path, port=free_port(), password="secret-one")
    with started(valkey) as process:
        await eventually(lambda: is_ready(valkey))
        async with Redis.from_url(valkey.url(3)) as client:
            for number in range(100):
                await client.set(f"key-{number}", number)
        process.kill()

    with started(valkey):
        await eventually(lambda: is_ready(valkey))
        async with Redis.from_url(valkey.url(3)) as client:
            assert await client.dbsize() == 100


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def is_private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0
