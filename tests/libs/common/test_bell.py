"""The bell wakes at once, comes back after its connection broke, and who works at its rings also looks unasked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from libs.common.bell import Bell, listening, work_at_rings
from libs.common.database import Database
from libs.common.ids import new_id
from tests.support.databases import ServiceDatabase
from tests.support.eventually import eventually

HOUR = 3600.0


@pytest.fixture
def channel() -> str:
    """A channel that no other test listens on."""
    return f"bell_{new_id().hex}"


@dataclass
class Work:
    """Counts its calls; `left` says what they answer, one after the other, and an exception is raised."""

    calls: int = 0
    left: list[bool | Exception] = field(default_factory=list)

    async def __call__(self) -> bool:
        self.calls += 1
        answer = self.left.pop(0) if self.left else False
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def working(channel: str, work: Work, url: str, *, poll_seconds: float = HOUR) -> AsyncIterator[None]:
    stop = asyncio.Event()

    async def run() -> None:
        await work_at_rings(channel, work, url=url, poll_seconds=poll_seconds)(stop)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await task


async def notify(database: Database, channel: str, payload: str = "") -> None:
    async with database.system_session() as session:
        await session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})


async def break_listeners(database: Database, channel: str) -> int:
    """Ends every connection that listens on `channel`; returns how many there were."""
    async with database.system_session() as session:
        ended = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE :listening")
        return int(await session.scalar(ended, {"listening": f'LISTEN "{channel}%'}) or 0)


async def test_a_ring_wakes_who_waits_for_it_and_who_waits_for_any_but_nobody_else(
    database: Database, sample_database: ServiceDatabase, channel: str
) -> None:
    bell = Bell(channel)
    async with listening(bell, sample_database.url("system")):
        await eventually(lambda: bell.connected)
        with bell.heard("mine") as mine, bell.heard("other") as other, bell.heard() as anything:
            await notify(database, channel, "mine")
            await eventually(lambda: mine.is_set() and anything.is_set())
            assert not other.is_set()
    assert not bell.connected


async def test_a_broken_connection_is_made_anew_and_wakes_everyone_for_what_was_missed(
    database: Database, sample_database: ServiceDatabase, channel: str
) -> None:
    bell = Bell(channel)
    async with listening(bell, sample_database.url("system")):
        await eventually(lambda: bell.connected)
        with bell.heard("mine") as mine:
            assert await break_listeners(database, channel) == 1
            await eventually(mine.is_set)
            await eventually(lambda: bell.connected)
            mine.clear()
            await notify(database, channel, "mine")
            await eventually(mine.is_set)


async def test_a_server_that_does_not_answer_is_tried_until_the_end(channel: str) -> None:
    bell = Bell(channel)
    async with asyncio.timeout(5):
        async with listening(bell, "postgresql+asyncpg://nobody:wrong@127.0.0.1:9/nowhere"):
            assert not bell.connected


async def test_work_is_done_at_the_start_at_each_ring_and_while_more_is_left(
    database: Database, sample_database: ServiceDatabase, channel: str
) -> None:
    work = Work(left=[True, True, False])
    async with working(channel, work, sample_database.url("system")):
        await eventually(lambda: work.calls >= 4)  # three at the start, one when LISTEN stands
        work.left = [True]
        await notify(database, channel)
        await eventually(lambda: work.calls == 6)


async def test_work_is_looked_for_without_any_ring(sample_database: ServiceDatabase, channel: str) -> None:
    work = Work()
    nowhere = "postgresql+asyncpg://nobody:wrong@127.0.0.1:9/nowhere"
    async with working(channel, work, nowhere, poll_seconds=0.05):
        await eventually(lambda: work.calls >= 3)


async def test_a_failure_that_passes_does_not_end_the_work(sample_database: ServiceDatabase, channel: str) -> None:
    work = Work(left=[TimeoutError("not now"), False])
    async with working(channel, work, sample_database.url("system")):
        await eventually(lambda: work.calls >= 2)


async def test_a_failure_that_nobody_foresaw_ends_it(sample_database: ServiceDatabase, channel: str) -> None:
    loop = work_at_rings(channel, Work(left=[TypeError("a fault")]), url=sample_database.url("system"))
    with pytest.raises(TypeError):
        await loop(asyncio.Event())
