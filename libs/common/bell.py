"""A bell that PostgreSQL rings (LISTEN and NOTIFY). It only saves waiting: who listens also looks from time to time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncpg
import structlog

from libs.common.loops import EXPECTED, RETRY_SECONDS, first_of, pause
from libs.common.service import Loop

logger = structlog.get_logger()
POLL_SECONDS = 5.0
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Bell:
    """One channel, for any number of waiters in this process. `connected` says whether NOTIFY arrives at present."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.connected = False
        self._waiters: dict[str | None, set[asyncio.Event]] = {}

    @contextmanager
    def heard(self, payload: str | None = None) -> Iterator[asyncio.Event]:
        """An event that is set at each ring, or at those with this payload. Clear it before looking, then wait."""
        event = asyncio.Event()
        self._waiters.setdefault(payload, set()).add(event)
        try:
            yield event
        finally:
            self._waiters[payload].discard(event)
            if not self._waiters[payload]:
                del self._waiters[payload]

    def ring(self, payload: str) -> None:
        """Wakes who waits for this payload, and who waits for any."""
        for event in (*self._waiters.get(payload, ()), *self._waiters.get(None, ())):
            event.set()

    def ring_all(self) -> None:
        """Wakes everyone: something may have been missed."""
        for event in (event for events in self._waiters.values() for event in events):
            event.set()

    async def listen(self, url: str, stop: asyncio.Event) -> None:
        """Rings at each NOTIFY on the channel until `stop`, over a connection of its own.

        `url` is the direct one, past a connection pooler, which would lose the LISTEN.
        """
        while not stop.is_set():
            try:
                connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=5)
            except TROUBLE as error:
                logger.warning("bell.unconnected", channel=self.channel, reason=str(error))
                await pause(stop, RETRY_SECONDS)
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
        await connection.add_listener(self.channel, lambda *heard: self.ring(str(heard[-1])))
        self.connected = True
        self.ring_all()
        await first_of(closed, stop)


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


def work_at_rings(
    channel: str, work: Callable[[], Awaitable[bool]], *, url: str, poll_seconds: float = POLL_SECONDS
) -> Loop:
    """A worker's loop: works at each ring on `channel`, and every few seconds whether it rang or not.

    `work` returns whether more may be left; then it is called again at once. What it raises of `EXPECTED` is logged,
    and it is tried again after a second. `url` is where to LISTEN.
    """

    async def loop(stop: asyncio.Event) -> None:
        bell = Bell(channel)
        async with listening(bell, url):
            with bell.heard() as rung:
                while not stop.is_set():
                    rung.clear()
                    try:
                        more = await work()
                    except EXPECTED as error:
                        logger.warning("worker.step_failed", loop=channel, exc_info=error)
                        await pause(stop, RETRY_SECONDS)
                    else:
                        if not more:
                            await first_of(rung, stop, within=poll_seconds)

    return loop
