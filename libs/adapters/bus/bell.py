"""One LISTEN connection per process that wakes the receivers of a queue when something was put into it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from libs.adapters.bus.schema import CHANNEL


class Bell:
    """Rings for a queue by name. A lost connection rings for all, and the next receiver connects again."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def connect(self) -> None:
        """Listens, unless it does already. Raises what asyncpg raises when the database cannot be reached."""
        async with self._connecting:
            if self._connection is not None and not self._connection.is_closed():
                return
            connection = await asyncpg.connect(self._dsn, timeout=5, command_timeout=5)
            connection.add_termination_listener(self._ring_all)
            await connection.add_listener(CHANNEL, self._ring)
            self._connection = connection

    async def close(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close()

    @contextmanager
    def listening(self, queue: str) -> Iterator[asyncio.Event]:
        """An event that is set when something comes into `queue` from now on."""
        event = asyncio.Event()
        self._waiting[queue].add(event)
        try:
            yield event
        finally:
            self._waiting[queue].discard(event)

    def _ring(self, _connection: object, _pid: int, _channel: str, queue: object) -> None:
        for event in self._waiting.get(str(queue), ()):
            event.set()

    def _ring_all(self, _connection: object) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()
