"""A bell that PostgreSQL rings (LISTEN and NOTIFY). It only saves waiting: who listens also looks from time to time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog

logger = structlog.get_logger()
RECONNECT_SECONDS = 1.0
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Bell:
    """One channel, for any number of waiters in this process. `connected` says whether NOTIFY arrives at present."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.connected = False
        self._rings = 0
        self._rung = asyncio.Event()

    @property
    def rings(self) -> int:
        """How often it has rung; remember it before looking, and give it to `wait`."""
        return self._rings

    def ring(self) -> None:
        """Wakes everyone who waits."""
        self._rings += 1
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seen: int, *, seconds: float) -> None:
        """Returns at the first ring after `seen`, or after `seconds`."""
        if self._rings != seen:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()

    async def listen(self, url: str, stop: asyncio.Event) -> None:
        """Rings at each NOTIFY on the channel until `stop`, over a connection of its own.

        `url` is the direct one, past a connection pooler, which would lose the LISTEN.
        """
        while not stop.is_set():
            try:
                connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=5)
            except TROUBLE as error:
                logger.warning("bell.unconnected", channel=self.channel, reason=str(error))
                await _pause(stop, RECONNECT_SECONDS)
                continue
            try:
                await self._until_closed(connection, stop)
            except TROUBLE as error:
                logger.warning("bell.lost", channel=self.channel, reason=str(error))
            finally:
                self.connected = False
                with suppress(*TROUBLE):
                    await connection.close(timeout=2)

    async def _until_closed(self, connection: "asyncpg.Connection", stop: asyncio.Event) -> None:
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        await connection.add_listener(self.channel, lambda *_: self.ring())
        self.connected = True
        self.ring()
        waits = [asyncio.create_task(closed.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()


@asynccontextmanager
async def listening(bell: Bell, url: str) -> AsyncIterator[Bell]:
    """The bell, connected for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(bell.listen(url, stop))
    try:
        yield bell
    finally:
        stop.set()
        await task


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
