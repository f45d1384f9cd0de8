"""The node's ear in Valkey: one connection for all channels that its sockets need. It may miss messages at any time.

Who asks for a channel says so in `want`; the connection is brought into line with what is wanted, again after it was
lost. `on_lost` tells that messages may have been missed.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from libs.adapters.cache import CACHE_ERRORS, CacheSettings, platform_key

logger = structlog.get_logger()
BATCH = 1000
RETRY_SECONDS = 0.5
SILENCE_SECONDS = 5.0
HEARTBEAT = platform_key("heartbeat")


class Carrier:
    """Calls `on_message(channel, body)` for every message of a wanted channel."""

    def __init__(
        self, settings: CacheSettings, *, on_message: Callable[[str, bytes], None], on_lost: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._on_message = on_message
        self._on_lost = on_lost
        self._wanted: set[str] = set()
        self._asked: set[str] = set()
        self._heard: set[str] = set()
        self._changed = asyncio.Event()
        self._confirmed: dict[str, asyncio.Event] = {}
        self.connected = False

    def want(self, channel: str) -> None:
        """Begins to listen soon; `until_heard` waits for it."""
        self._wanted.add(channel)
        self._changed.set()

    def drop(self, channel: str) -> None:
        """Ends listening."""
        self._wanted.discard(channel)
        self._changed.set()

    async def until_heard(self, channels: Iterable[str], *, within: float) -> None:
        """Waits until messages of the channels arrive, `within` seconds at most, not at all while Valkey is away."""
        missing = [channel for channel in channels if channel not in self._heard]
        if not missing or not self.connected:
            return
        events = [self._confirmed.setdefault(channel, asyncio.Event()) for channel in missing]
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                for event in events:
                    await event.wait()

    async def listen(self) -> None:
        """Listens until cancelled."""
        client = Redis.from_url(
            self._settings.url.get_secret_value(),
            socket_connect_timeout=self._settings.connect_timeout,
            socket_timeout=self._settings.timeout,
            # Nothing is tried again in there: its reader and its writer would both connect anew, on the one connection,
            # and each would read what the other was answered.
            retry=Retry(NoBackoff(), 0, supported_errors=()),
            max_connections=2,
        )
        try:
            while True:
                try:
                    await self._until_lost(client)
                except CACHE_ERRORS as error:
                    logger.warning("realtime.carrier_lost", reason=type(error).__name__)
                finally:
                    self._forget()
                await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  # spreads nodes, guards nothing
        finally:
            await client.aclose()

    async def _until_lost(self, client: Redis) -> None:
        pubsub = client.pubsub()
        writer: asyncio.Task[None] | None = None
        try:
            await pubsub.subscribe(HEARTBEAT)
            self.connected = True
            self._changed.set()
            writer = asyncio.create_task(self._keep_in_line(pubsub))
            self._on_lost()
            while not writer.done():
                message = await pubsub.get_message(timeout=2 * SILENCE_SECONDS)
                if message is not None:
                    self._take(message)
                elif not pubsub.connection:
                    raise ConnectionError("the connection is gone")
            writer.result()
        finally:
            self.connected = False
            if writer is not None:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # the library's own types lack it

    def _take(self, message: "dict[str, object]") -> None:
        kind, channel, body = message["type"], message["channel"], message["data"]
        if not isinstance(channel, bytes):
            return
        name = channel.decode()
        if kind == "message" and isinstance(body, bytes):
            self._on_message(name, body)
        elif kind == "subscribe":
            self._heard.add(name)
            if (event := self._confirmed.pop(name, None)) is not None:
                event.set()

    async def _keep_in_line(self, pubsub: PubSub) -> None:
        """Sends what changed as soon as it changed, and a ping where nothing did: it finds a dead connection."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SILENCE_SECONDS):
                    await self._changed.wait()
            if not self._changed.is_set():
                await pubsub.ping()
                continue
            self._changed.clear()
            for part in _parts(self._wanted - self._asked):
                await pubsub.subscribe(*part)
                self._asked.update(part)
            for part in _parts(self._asked - self._wanted):
                await pubsub.unsubscribe(*part)
                self._asked.difference_update(part)
                self._heard.difference_update(part)

    def _forget(self) -> None:
        self._asked.clear()
        self._heard.clear()
        for event in self._confirmed.values():
            event.set()
        self._confirmed.clear()


def _parts(names: set[str]) -> list[Sequence[str]]:
    ordered = sorted(names)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
