"""A stream has one order without gaps, whoever writes to it and whatever fails."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import orjson
import pytest
from redis.asyncio.client import PubSub
from sqlalchemy import delete, func, select

from libs.adapters.cache import tenant_key
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.stream import repository
from services.messaging.stream.models import RelayEntry
from services.messaging.stream.relay import relay_once
from services.messaging.stream.service import append, open_stream, take_position, write_event
from services.messaging.stream.wire import CarriedEvent, carried, event_frame, message_bound, packed, unpacked
from tests.services.messaging.world import Business


@pytest.fixture
async def stream(messaging: MessagingContext, business: Business) -> UUID:
    """An empty stream of the business; what other tests left to be relayed is gone."""
    stream_id = new_id()
    async with messaging.database.system_session() as session:
        await session.execute(delete(RelayEntry))
    async with messaging.database.tenant_session(business.id) as session:
        await open_stream(session, business.id, stream_id)
    return stream_id


@pytest.fixture
async def heard(messaging: MessagingContext, business: Business, stream: UUID) -> AsyncIterator[PubSub]:
    """What Valkey carries of the stream."""
    pubsub = messaging.cache.pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(tenant_key(business.id, "stream", str(stream)))
    await pubsub.get_message(timeout=5)
    yield pubsub
    await pubsub.aclose()  # type: ignore[no-untyped-call]  # the library's own types lack it


async def write(messaging: MessagingContext, business: Business, stream: UUID, text: str = "") -> int:
    ring = await messaging.rings.ring(business.id)
    message_id = new_id()
    async with messaging.database.tenant_session(business.id) as session:
        position = await take_position(session, business.id, stream)
        await write_event(
            session,
            position,
            "message.created",
            data={"revision": 1},
            message_id=message_id,
            sealed=ring.seal(text, message_bound(message_id, 1)),
        )
    return position.seq


async def events(messaging: MessagingContext, business: Business, stream: UUID) -> list[int]:
    async with messaging.database.tenant_session(business.id) as session:
        found = await repository.events_after(session, stream, 0, up_to=10_000, limit=10_000)
    return [event.seq for event in found]


async def next_heard(heard: PubSub) -> CarriedEvent:
    message = await heard.get_message(timeout=5)
    assert message is not None
    return unpacked(message["data"].encode())


async def test_writers_at_the_same_moment_get_numbers_without_gap(
    messaging: MessagingContext, business: Business, stream: UUID
) -> None:
    taken = await asyncio.gather(*(write(messaging, business, stream) for _ in range(20)))

    assert sorted(taken) == list(range(1, 21))
    assert await events(messaging, business, stream) == list(range(1, 21))


async def test_a_write_that_fails_takes_no_number(
    messaging: MessagingContext, business: Business, stream: UUID
) -> None:
    await write(messaging, business, stream)
    configure_failpoints("database.commit.before:1:raise")
    with pytest.raises(FailpointReached):
        async with messaging.database.tenant_session(business.id) as session:
            await append(session, business.id, stream, "member.added", data={})
    configure_failpoints("")

    assert await write(messaging, business, stream) == 2
    assert await events(messaging, business, stream) == [1, 2]


async def test_a_stream_of_another_business_cannot_be_written(messaging: MessagingContext, stream: UUID) -> None:
    stranger = new_id()
    with pytest.raises(LookupError):
        async with messaging.database.tenant_session(stranger) as session:
            await append(session, stranger, stream, "member.added", data={})


async def test_what_is_relayed_is_sealed_and_reads_as_it_was_written(
    messaging: MessagingContext, business: Business, stream: UUID, heard: PubSub
) -> None:
    await write(messaging, business, stream, "Grüße vom Bäcker")

    assert await relay_once(messaging.database, messaging.cache) == 1

    event = await next_heard(heard)
    assert event.sealed is not None
    assert b"Gr" not in event.sealed
    frame = orjson.loads(event_frame(event, await messaging.rings.ring(business.id)))
    assert frame["type"] == "event"
    assert (frame["stream"], frame["seq"], frame["kind"]) == (str(stream), 1, "message.created")
    assert frame["data"] == {"revision": 1, "text": "Grüße vom Bäcker", "unreadable": False}


async def test_a_relay_that_dies_after_it_told_tells_again(
    messaging: MessagingContext, business: Business, stream: UUID, heard: PubSub
) -> None:
    await write(messaging, business, stream)
    configure_failpoints("stream.publish.after:1:raise")
    with pytest.raises(FailpointReached):
        await relay_once(messaging.database, messaging.cache)
    configure_failpoints("")

    assert await relay_once(messaging.database, messaging.cache) == 1
    assert [(await next_heard(heard)).seq for _ in range(2)] == [1, 1]
    assert await relay_once(messaging.database, messaging.cache) == 0


async def test_two_relays_share_the_work(messaging: MessagingContext, business: Business, stream: UUID) -> None:
    for _ in range(5):
        await write(messaging, business, stream)

    told = await asyncio.gather(*(relay_once(messaging.database, messaging.cache) for _ in range(2)))

    assert sum(told) == 5
    async with messaging.database.system_session() as session:
        assert await session.scalar(select(func.count()).select_from(RelayEntry)) == 0


async def test_an_event_is_carried_whole(messaging: MessagingContext, business: Business, stream: UUID) -> None:
    await write(messaging, business, stream, "text")
    async with messaging.database.tenant_session(business.id) as session:
        head = await repository.head(session, stream)
        (event,) = await repository.events_after(session, stream, 0, up_to=1, limit=1)
    assert head is not None

    whole = carried(event, head.epoch)

    assert unpacked(packed(whole)) == whole
