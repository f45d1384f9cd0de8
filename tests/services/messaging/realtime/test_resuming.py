"""Who comes back continues exactly where they were, or is told to fetch anew; and sees nothing they may not see."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update

from libs.adapters.cache import tenant_key
from libs.common.ids import new_id
from services.messaging.conversations.membership import remove
from services.messaging.stream.models import RelayEntry, Stream, StreamEvent
from services.messaging.stream.repository import events_after, head
from services.messaging.stream.wire import carried, packed
from tests.services.messaging.realtime.world import Room, RunningNode, Socket, new_room
from tests.services.messaging.world import Business, join_business, new_business


async def filled(room: Room, count: int) -> int:
    """Writes `count` events at once, of which no relay tells; returns the head."""
    async with room.context.database.tenant_session(room.business.id) as session:
        before = await head(session, room.id)
        assert before is not None
        first = before.last_seq + 1
        await session.execute(
            text(
                "INSERT INTO stream_event (tenant_id, stream_id, seq, kind, data, created_at) "
                "SELECT :tenant, :stream, n, 'conversation.archived', '{}', now() "
                "FROM generate_series(CAST(:a AS bigint), CAST(:b AS bigint)) n"
            ),
            {"tenant": room.business.id, "stream": room.id, "a": first, "b": first + count - 1},
        )
        await session.execute(update(Stream).where(Stream.id == room.id).values(last_seq=Stream.last_seq + count))
    return first + count - 1


@pytest.mark.parametrize("missed", [0, 1, 499, 500])
async def test_up_to_five_hundred_missed_events_come_in_order(room: Room, node: RunningNode, missed: int) -> None:
    last = await filled(room, missed)
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        answer = await socket.subscribe(room.id, epoch=room.epoch, seq=room.seq)
        assert (answer["type"], answer["seq"]) == ("subscribed", last)
        assert await socket.events(missed) == list(range(room.seq + 1, last + 1))
        await room.send("live")
        assert await socket.events(1) == [last + 1]
        await socket.nothing_but()


async def test_with_more_missed_the_client_fetches_anew_and_follows_from_there(room: Room, node: RunningNode) -> None:
    last = await filled(room, 501)
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        answer = await socket.subscribe(room.id, epoch=room.epoch, seq=room.seq)
        assert (answer["type"], answer["epoch"], answer["seq"]) == ("resync", str(room.epoch), last)
        await room.send("live")
        assert await socket.events(1) == [last + 1]


@pytest.mark.parametrize("position", ["other epoch", "no epoch", "ahead"])
async def test_a_position_that_means_nothing_here_is_fetched_anew(room: Room, node: RunningNode, position: str) -> None:
    epoch = {"other epoch": new_id(), "no epoch": None}.get(position, room.epoch)
    seq = room.seq + 1 if position == "ahead" else room.seq
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        answer = await socket.subscribe(room.id, epoch=epoch, seq=seq)
    assert (answer["type"], answer["epoch"], answer["seq"]) == ("resync", str(room.epoch), room.seq)


async def test_what_is_no_longer_kept_is_fetched_anew(room: Room, node: RunningNode) -> None:
    last = await filled(room, 10)
    async with room.context.database.tenant_session(room.business.id) as session:
        await session.execute(
            delete(StreamEvent).where(StreamEvent.stream_id == room.id, StreamEvent.seq == room.seq + 1)
        )
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        answer = await socket.subscribe(room.id, epoch=room.epoch, seq=room.seq)
    assert (answer["type"], answer["seq"]) == ("resync", last)


async def test_nothing_is_missed_or_doubled_while_others_write_during_resumes(room: Room, node: RunningNode) -> None:
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        seq, wanted = room.seq, room.seq + 40
        writing = asyncio.create_task(room.send_many(40))
        while seq < wanted:
            answer = await socket.subscribe(room.id, epoch=room.epoch, seq=seq)
            assert answer["type"] == "subscribed"
            for _ in range(3):
                if seq < wanted:
                    (following,) = await socket.events(1)
                    assert following == seq + 1
                    seq = following
            await socket.say("unsubscribe", streams=[room.id])
            await drained(socket)
        assert await writing == list(range(room.seq + 1, wanted + 1))


async def drained(socket: Socket) -> None:
    """Reads away what was on its way when the stream was ended."""
    await socket.say("ping")
    await socket.next("pong")


async def test_what_belongs_to_others_is_as_if_it_did_not_exist(room: Room, node: RunningNode) -> None:
    strangers = await new_business(node.parts)
    async with node.sign_in(strangers.id, strangers.people[0]) as socket:
        for guessed in (room.id, room.business.people[0], new_id()):
            answer = await socket.subscribe(guessed, epoch=room.epoch, seq=0)
            assert (answer["type"], answer["code"]) == ("refused", "not_found")
        await socket.say("typing", conversation_id=room.id)
        await socket.say("send", id="1", conversation_id=room.id, client_message_id=new_id(), text="Hi")
        await socket.say("read", conversation_id=room.id, seq=1)
        codes = [(await socket.next("error"))["code"] for _ in range(3)]
        await room.send("secret")
        await socket.nothing_but()
    assert codes == ["not_found", "conversation_not_found", "conversation_not_found"]


async def test_a_colleague_outside_the_conversation_may_not_follow_it(node: RunningNode, room: Room) -> None:
    outsider = new_id()
    await join_business(node.parts, room.business.id, outsider)
    async with node.sign_in(room.business.id, outsider) as socket:
        assert (await socket.subscribe(room.id))["type"] == "refused"
        assert (await socket.subscribe(room.business.people[0]))["type"] == "refused"
        assert (await socket.subscribe(outsider))["type"] == "subscribed"


async def test_ones_own_stream_is_there_before_auth_has_told_of_one(node: RunningNode) -> None:
    newcomer = new_id()
    async with node.sign_in(new_id(), newcomer) as socket:
        assert (await socket.subscribe(newcomer))["type"] == "subscribed"


async def taken_out(room: Room, user_id: UUID) -> int:
    """Takes a person out; returns where the stream says so."""
    owner = room.business.people[0]
    async with room.context.database.tenant_session(room.business.id) as session:
        await remove(session, room.business.id, room.id, user_id, by=owner)
    return await room.head()


async def test_who_is_taken_out_sees_that_and_nothing_after_it(room: Room, node: RunningNode) -> None:
    gone = room.business.people[2]
    async with (
        node.sign_in(room.business.id, gone) as socket,
        node.sign_in(room.business.id, room.business.people[1]) as other,
    ):
        await socket.subscribe(room.id)
        await other.subscribe(room.id)
        removed_at = await taken_out(room, gone)
        await room.send("not for them")

        assert (await socket.next("event"))["kind"] == "member.removed"
        ended = await socket.next()
        assert (ended["type"], ended["stream"], ended["reason"]) == ("unsubscribed", str(room.id), "removed")
        assert await other.events(2) == [removed_at, removed_at + 1]
        await socket.nothing_but()
        assert (await socket.subscribe(room.id, epoch=room.epoch, seq=room.seq))["type"] == "refused"


async def test_access_taken_away_during_a_resume_shows_nothing_written_after_it(
    node: RunningNode, business: Business
) -> None:
    """The history is so long that the removal and what follows it arrive while it is being sent."""
    room = await new_room(node.parts, business)
    gone = business.people[2]
    async with node.parts.database.system_session() as session:
        await session.execute(delete(RelayEntry))
    last = await filled(room, 500)
    async with node.sign_in(business.id, gone) as socket:
        await socket.say("subscribe", id="s", streams=[{"stream": room.id, "epoch": room.epoch, "seq": room.seq}])
        removed_at = await taken_out(room, gone)
        await room.send("not for them")
        async with node.parts.database.tenant_session(business.id) as session:
            events = await events_after(session, room.id, last, up_to=removed_at + 1, limit=10)
        for event in events:
            body = packed(carried(event, room.epoch))
            await node.parts.cache.publish(tenant_key(business.id, "stream", str(room.id)), body)

        answer = await socket.next("subscribed", "refused")
        if answer["type"] == "subscribed":
            assert (await socket.events(500))[-1] == last
            assert (await socket.next("event"))["seq"] == removed_at
            assert (await socket.next())["type"] == "unsubscribed"
        await socket.nothing_but()
