"""Every event of a stream reaches every socket once and in order, whatever Valkey does with it."""

import asyncio
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, text, update

from libs.adapters.cache import tenant_key
from libs.common.ids import new_id
from services.messaging.messages.models import Message
from services.messaging.stream.models import RelayEntry, Stream, StreamEvent
from services.messaging.stream.repository import events_after
from services.messaging.stream.wire import carried, packed
from tests.services.messaging.realtime.world import Room, RunningNode, Socket, all_in, new_room
from tests.services.messaging.world import Business


async def test_what_one_sends_reaches_all_in_one_order(room: Room, node: RunningNode) -> None:
    async with all_in(room, node) as sockets:
        for number, socket in enumerate(sockets * 3):
            body = {"conversation_id": room.id, "client_message_id": new_id(), "text": f"{number}"}
            await socket.say("send", id=str(number), **body)

        seen = [[await socket.next("event") for _ in range(9)] for socket in sockets]

    assert [event["seq"] for event in seen[0]] == list(range(room.seq + 1, room.seq + 10))
    assert seen[0] == seen[1] == seen[2]
    assert {event["data"]["text"] for event in seen[0]} == {str(number) for number in range(9)}


async def test_a_message_sent_twice_is_acknowledged_twice_and_written_once(room: Room, node: RunningNode) -> None:
    body = {"conversation_id": room.id, "client_message_id": new_id(), "text": "Once"}
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        await socket.subscribe(room.id)
        await socket.say("send", id="first", **body)
        await socket.say("send", id="second", **body)
        first, second = await socket.next("sent"), await socket.next("sent")
        assert (first["id"], second["id"]) == ("first", "second")
        assert first["message"] == second["message"]
        await room.send("After")
    assert await room.head() == room.seq + 2


@pytest.fixture
async def quiet(node: RunningNode, business: Business) -> Room:
    """A room of which no relay tells: only what the test publishes reaches Valkey."""
    room = await new_room(node.parts, business)
    await untold(node, room)
    return room


async def untold(node: RunningNode, room: Room) -> None:
    async with node.parts.database.system_session() as session:
        await session.execute(delete(RelayEntry).where(RelayEntry.stream_id == room.id))


async def write(node: RunningNode, room: Room, count: int) -> list[bytes]:
    """Events as they would be published; the relay is kept from them."""
    last = await room.head()
    async with node.parts.database.tenant_session(room.business.id) as session:
        values = ", ".join(
            f"('{room.business.id}', '{room.id}', {last + 1 + n}, 'conversation.archived', '{{}}', now())"
            for n in range(count)
        )
        await session.execute(
            text(f"INSERT INTO stream_event (tenant_id, stream_id, seq, kind, data, created_at) VALUES {values}")
        )
        await session.execute(update(Stream).where(Stream.id == room.id).values(last_seq=Stream.last_seq + count))
    async with node.parts.database.tenant_session(room.business.id) as session:
        events = await events_after(session, room.id, last, up_to=last + count, limit=count)
        return [packed(carried(event, room.epoch)) for event in events]


async def publish(node: RunningNode, room: Room, *bodies: bytes) -> None:
    for body in bodies:
        await node.parts.cache.publish(tenant_key(room.business.id, "stream", str(room.id)), body)


async def follow(node: RunningNode, room: Room, socket: Socket) -> None:
    answer = await socket.subscribe(room.id)
    assert (answer["type"], answer["seq"]) == ("subscribed", await room.head())


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3), (0, 0, 1, 1, 2, 3, 3), (1, 0, 3, 2), (3, 2, 1, 0), (0, 3), (3,), (1, 1, 3, 0)], ids=str
)
async def test_lost_doubled_and_swapped_messages_of_valkey_change_nothing(
    node: RunningNode, quiet: Room, order: tuple[int, ...]
) -> None:
    async with node.sign_in(quiet.business.id, quiet.business.people[0]) as socket:
        await follow(node, quiet, socket)
        bodies = await write(node, quiet, 4)
        await publish(node, quiet, *(bodies[index] for index in order))

        assert await socket.events(4) == list(range(quiet.seq + 1, quiet.seq + 5))
        await socket.nothing_but()


async def test_what_valkey_never_brings_comes_by_itself(node: RunningNode, quiet: Room) -> None:
    async with node.sign_in(quiet.business.id, quiet.business.people[0]) as socket:
        await follow(node, quiet, socket)
        await write(node, quiet, 2)

        assert await socket.events(2) == [quiet.seq + 1, quiet.seq + 2]


async def test_nonsense_and_events_of_others_are_not_believed(node: RunningNode, quiet: Room) -> None:
    async with node.sign_in(quiet.business.id, quiet.business.people[0]) as socket:
        await follow(node, quiet, socket)
        (body,) = await write(node, quiet, 1)
        foreign = orjson.loads(body) | {"tenant_id": str(new_id())}
        await publish(node, quiet, b"nonsense", b"[]", b'{"signal":"typing"}', orjson.dumps(foreign), body)

        event = await socket.next("event")
        assert (event["seq"], event["kind"]) == (quiet.seq + 1, "conversation.archived")
        await socket.nothing_but()


async def test_a_flushed_valkey_and_a_cut_connection_lose_nothing(node: RunningNode, room: Room) -> None:
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        await socket.subscribe(room.id)
        await node.parts.cache.flushdb()
        await room.send("after the flush")
        assert await socket.events(1) == [room.seq + 1]
        await node.parts.cache.client_kill_filter(_type="pubsub")
        sent = await asyncio.gather(*(room.send(f"{number}") for number in range(5)))
        assert await socket.events(5) == sorted(message.seq for message in sent)
        await socket.nothing_but()


async def test_a_new_epoch_lets_everybody_fetch_anew(node: RunningNode, quiet: Room) -> None:
    epoch = new_id()
    async with node.sign_in(quiet.business.id, quiet.business.people[0]) as socket:
        await follow(node, quiet, socket)
        async with node.parts.database.tenant_session(quiet.business.id) as session:
            await session.execute(update(Stream).where(Stream.id == quiet.id).values(epoch=epoch))

        frame = await socket.next("resync")
        assert (frame["stream"], frame["epoch"], frame["seq"]) == (str(quiet.id), str(epoch), quiet.seq)
        await publish(node, replace(quiet, epoch=epoch), *await write(node, replace(quiet, epoch=epoch), 1))
        event = await socket.next("event")
        assert (event["epoch"], event["seq"]) == (str(epoch), quiet.seq + 1)


async def test_events_that_are_no_longer_kept_let_everybody_fetch_anew(node: RunningNode, quiet: Room) -> None:
    async with node.sign_in(quiet.business.id, quiet.business.people[0]) as socket:
        await follow(node, quiet, socket)
        await write(node, quiet, 3)
        async with node.parts.database.tenant_session(quiet.business.id) as session:
            await session.execute(delete(StreamEvent).where(StreamEvent.stream_id == quiet.id))

        frame = await socket.next("resync", "event")
        while frame["type"] == "event":  # the node may have been quicker than the deletion
            frame = await socket.next("resync", "event") if frame["seq"] < quiet.seq + 3 else {"type": "resync"}
        assert frame["type"] == "resync"


async def test_a_text_whose_key_the_node_does_not_know_yet_is_read_all_the_same(room: Room, node: RunningNode) -> None:
    async with node.sign_in(room.business.id, room.business.people[1]) as socket:
        await socket.subscribe(room.id)
        await room.send("before")
        await node.parts.rings.rotate(room.business.id)
        await room.send("after")
        assert [(await socket.next("event"))["data"]["text"] for _ in range(2)] == ["before", "after"]


async def test_no_text_is_in_valkey_or_the_database(room: Room, node: RunningNode) -> None:
    heard = node.parts.cache.pubsub()
    await heard.subscribe(tenant_key(room.business.id, "stream", str(room.id)))
    async with node.sign_in(room.business.id, room.business.people[1]) as socket:
        await socket.subscribe(room.id)
        message = await room.send("the secret of the soup")
        assert (await socket.next("event"))["data"]["text"] == "the secret of the soup"
    carried_bodies = []
    while (told := await heard.get_message(timeout=0.2)) is not None:
        carried_bodies.append(str(told["data"]))
    await heard.aclose()  # type: ignore[no-untyped-call]  # the library's own types lack it
    assert str(message.id) in "".join(carried_bodies)
    assert "soup" not in "".join(carried_bodies)
    async with node.parts.database.tenant_session(room.business.id) as session:
        stored = await session.get(Message, (room.business.id, UUID(str(message.id))))
    assert stored is not None
    assert stored.text is not None
    assert b"soup" not in stored.text
