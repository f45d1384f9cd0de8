"""The relay: tells the open sockets of every node what was written. Valkey carries it; PostgreSQL is the truth.

What the relay publishes twice, or out of order, or what Valkey loses, the nodes put right by `seq`.
"""

import asyncio
from uuid import UUID

from redis.asyncio import Redis

from libs.adapters.cache import tenant_key
from libs.common.bell import work_at_rings
from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.service import Loop
from services.messaging.stream import lookups
from services.messaging.stream.repository import BELL
from services.messaging.stream.wire import CarriedEvent, packed

BATCH = 500
POLL_SECONDS = 0.5
GATHER_SECONDS = 0.008
"""What comes within so short a time goes in one transaction; nobody sees the difference, and it halves the work."""


def stream_channel(event: CarriedEvent) -> str:
    """The channel of the event's stream in Valkey."""
    return channel_of(event.tenant_id, event.stream_id)


def channel_of(tenant_id: UUID, stream_id: UUID) -> str:
    """The channel of a stream in Valkey."""
    return tenant_key(tenant_id, "stream", str(stream_id))


async def relay_once(database: Database, cache: Redis, *, archived: bool = False) -> int:
    """Publishes up to `BATCH` events and returns how many; other relays skip those that this one holds.

    Where messages are `archived`, it notes for the archive which ones the events changed.

    Raises:
        RedisError, OSError: Valkey is away; the events stay and are told later.
    """
    async with database.system_session() as session:
        events = await lookups.take_events(session, most=BATCH)
        if not events:
            return 0
        pipeline = cache.pipeline(transaction=False)
        for event in events:
            pipeline.publish(stream_channel(event), packed(event))
        failpoint("stream.publish.before")
        await pipeline.execute()
        failpoint("stream.publish.after")
        if archived:
            await lookups.note_changes(session, events)
        return len(events)


def relay_loop(database: Database, cache: Redis, *, listen_url: str, archived: bool = False) -> Loop:
    """Relays at each ring, and every half second in any case."""

    async def relay() -> bool:
        await asyncio.sleep(GATHER_SECONDS)
        return await relay_once(database, cache, archived=archived) == BATCH

    return work_at_rings(BELL, relay, url=listen_url, poll_seconds=POLL_SECONDS)
