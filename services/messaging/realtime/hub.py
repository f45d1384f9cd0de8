"""This node's channels: takes events from Valkey, reads what did not come from PostgreSQL, drops what came twice.

Valkey only saves waiting. Heads are compared every two seconds, and at once after the connection to Valkey was lost,
so that whatever it loses arrives all the same.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import orjson
import structlog

from libs.adapters.cache import tenant_key
from libs.common.loops import EXPECTED
from services.messaging.context import MessagingContext
from services.messaging.keys.service import KeyRing, UnknownDataKey
from services.messaging.realtime import lookups, repository
from services.messaging.realtime.broadcast import text_frame
from services.messaging.realtime.carrier import Carrier
from services.messaging.realtime.channel import Channel, Follower
from services.messaging.realtime.heads import Heads
from services.messaging.realtime.lookups import Known
from services.messaging.realtime.metrics import GAPS
from services.messaging.stream.wire import CarriedEvent, event_frame, unpacked

logger = structlog.get_logger()
HEADS_SECONDS = 2.0
HEADS_BATCH = 1000
SIGNAL = b'{"signal":'
SUBSCRIBE_SECONDS = 1.0


class Hub:
    """The channels of one process. `on_signal` is given what is not an event: typing, read marks."""

    def __init__(self, context: MessagingContext, *, reads_at_once: int) -> None:
        self.context = context
        self.carrier = Carrier(context.settings.cache, on_message=self._take, on_lost=self._look_soon)
        self.heads = Heads(context.database)
        self.reading = asyncio.Semaphore(reads_at_once)
        self._channels: dict[str, Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._look = asyncio.Event()
        self.on_signal: Callable[[Channel, bytes], None] = lambda _channel, _body: None
        self.others: dict[str, Callable[[], None]] = {}

    def channel(self, tenant_id: UUID, stream_id: UUID) -> Channel:
        """The channel of a stream; begins to listen where it is new."""
        name = tenant_key(tenant_id, "stream", str(stream_id))
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(tenant_id, stream_id, name)
            self.carrier.want(name)
        return channel

    def leave(self, channel: Channel, follower: Follower) -> None:
        """The connection follows the stream no more; a channel that nobody follows is closed."""
        channel.remove(follower)
        if channel.is_idle and self._channels.get(channel.name) is channel:
            self._close(channel)

    async def until_heard(self, channels: Sequence[Channel]) -> None:
        """Waits until Valkey brings the channels' events, unless it is away: then only the polls bring them."""
        await self.carrier.until_heard([channel.name for channel in channels], within=SUBSCRIBE_SECONDS)

    async def frame(self, event: CarriedEvent) -> bytes:
        """The event as a WebSocket frame, its text in the clear."""
        ring = await self.context.rings.ring(event.tenant_id)
        try:
            return text_frame(event_frame(event, ring))
        except UnknownDataKey:
            ring = await self.context.rings.ring(event.tenant_id, newer_than=time.monotonic())
        try:
            return text_frame(event_frame(event, ring))
        except UnknownDataKey:  # no row holds the key any more: as good as destroyed
            return text_frame(event_frame(event, KeyRing({}, None, None)))

    def restart(self, channel: Channel, epoch: UUID, seq: int) -> None:
        """Lets everybody fetch anew."""
        logger.info("realtime.resync", stream_id=str(channel.stream_id), followers=len(channel.live))
        channel.restart(epoch, seq)

    def behind(self, channel: Channel, seq: int) -> None:
        """There are events up to `seq`; those that are not here are read from PostgreSQL."""
        channel.highest = max(channel.highest, seq)
        if channel.is_behind and not channel.catching:
            channel.catching = True
            task = asyncio.create_task(self._catch_up(channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def start(self, channel: Channel, epoch: UUID, seq: int) -> None:
        """Somebody read the stream's head."""
        if channel.last_seq is None:
            channel.start(epoch, seq)
        if channel.epoch != epoch:
            self._look.set()  # which of the two is the newer is told by the next comparison
        else:
            self.behind(channel, seq)

    async def compare_heads(self) -> None:
        """Compares until cancelled."""
        while True:
            try:
                async with asyncio.timeout(HEADS_SECONDS):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            try:
                await self.look_at_heads()
            except EXPECTED as error:
                logger.warning("realtime.heads_unknown", reason=type(error).__name__)
                await asyncio.sleep(HEADS_SECONDS / 4)

    async def look_at_heads(self) -> None:
        """Finds the streams that moved on, or began anew, without this node having heard of it."""
        for idle in [channel for channel in self._channels.values() if channel.is_idle]:
            self._close(idle)
        started = [channel for channel in self._channels.values() if channel.last_seq is not None]
        for begin in range(0, len(started), HEADS_BATCH):
            known = [
                Known(tenant_id=one.tenant_id, stream_id=one.stream_id, epoch=one.epoch, seq=one.last_seq)
                for one in started[begin : begin + HEADS_BATCH]
                if one.epoch is not None and one.last_seq is not None
            ]
            async with self.context.database.system_session() as session:
                found = await lookups.moved(session, known)
            for (tenant_id, stream_id), (epoch, seq) in found.items():
                moved = self._channels.get(tenant_key(tenant_id, "stream", str(stream_id)))
                if moved is not None and moved.epoch != epoch:
                    self.restart(moved, epoch, seq)
                elif moved is not None:
                    self.behind(moved, seq)

    async def aclose(self) -> None:
        """Ends what is still being read."""
        await self.heads.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _close(self, channel: Channel) -> None:
        del self._channels[channel.name]
        self.carrier.drop(channel.name)

    def _look_soon(self) -> None:
        self._look.set()
        for look in list(self.others.values()):
            look()

    def _take(self, name: str, body: bytes) -> None:
        channel = self._channels.get(name)
        if channel is None:
            if (look := self.others.get(name)) is not None:
                look()
        elif body.startswith(SIGNAL):
            self.on_signal(channel, body)
        else:
            self._take_event(channel, body)

    def _take_event(self, channel: Channel, body: bytes) -> None:
        try:
            event = unpacked(body)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            logger.warning("realtime.unreadable_message", channel=channel.name)
            return
        if (event.tenant_id, event.stream_id) != (channel.tenant_id, channel.stream_id):
            logger.warning("realtime.unreadable_message", channel=channel.name)
        elif channel.last_seq is None:
            channel.highest = max(channel.highest, event.seq)
        elif event.epoch != channel.epoch:
            self._look.set()  # only PostgreSQL knows which of the two is the newer
        elif event.seq > channel.last_seq:
            self._deliver_or_read(channel, event)

    def _deliver_or_read(self, channel: Channel, event: CarriedEvent) -> None:
        ring = self.context.rings.remembered(event.tenant_id)
        if channel.last_seq is None or event.seq > channel.last_seq + 1 or ring is None:
            self.behind(channel, event.seq)
            return
        try:
            frame = text_frame(event_frame(event, ring))
        except UnknownDataKey:
            self.behind(channel, event.seq)
        else:
            channel.deliver(event, frame)

    async def _catch_up(self, channel: Channel) -> None:
        try:
            while channel.is_behind and not channel.is_idle:
                await self._read_on(channel)
        except EXPECTED as error:
            logger.warning("realtime.catch_up_failed", stream_id=str(channel.stream_id), reason=type(error).__name__)
            channel.highest = 0  # the next comparison of heads tries again
        finally:
            channel.catching = False

    async def _read_on(self, channel: Channel) -> None:
        last = channel.last_seq or 0
        async with self.reading, self.context.database.tenant_session(channel.tenant_id) as session:
            found = await repository.progress(session, channel.stream_id, after=last)
        if found is None or found.head.epoch != channel.epoch or found.head.seq < last:
            if found is None:
                raise LookupError("the stream is gone")
            self.restart(channel, found.head.epoch, found.head.seq)
            return
        for event in found.events:
            frame = await self.frame(event)
            if channel.last_seq is not None and event.seq == channel.last_seq + 1:
                channel.deliver(event, frame)
                GAPS.inc()
        if (channel.last_seq or 0) == last and found.head.seq > last:
            self.restart(channel, found.head.epoch, found.head.seq)  # what is missing is not kept any more
        channel.highest = max(channel.last_seq or 0, min(channel.highest, found.head.seq))
