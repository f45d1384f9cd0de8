"""Who is here, who types, who has read: shown to those who look, and to nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from libs.common.ids import new_id
from services.messaging.assistants.service import Asked, show_typing
from services.messaging.conversations.membership import add_people
from services.messaging.presence import repository, service
from services.messaging.presence.board import GRACE_SECONDS
from services.messaging.realtime.socket import RealtimeSocket
from services.messaging.settings import MessagingSettings
from tests.services.messaging.assistants.world import new_assistant
from tests.services.messaging.realtime.world import Room, RunningNode, Socket, all_in, running_node
from tests.services.messaging.world import Business, new_business
from tests.support.eventually import eventually
from tests.support.identities import access_token, bearer


@pytest.fixture(scope="module")
async def second(node_settings: MessagingSettings) -> AsyncIterator[RunningNode]:
    """Another node beside the first."""
    async with running_node(node_settings) as running:
        yield running


async def shown(socket: Socket, user_id: object, state: str) -> dict[str, object]:
    """The next presence of this person in this state; skips what was so in between."""
    while (frame := await socket.next("presence"))["user_id"] != str(user_id) or frame["state"] != state:
        pass
    return frame


async def test_people_are_seen_on_every_node_as_they_come_look_away_and_go(
    node: RunningNode, second: RunningNode, business: Business
) -> None:
    watcher, person, _ = business.people
    async with second.sign_in(business.id, watcher) as watching:
        await watching.say("watch", user_ids=[person])
        assert (await shown(watching, person, "offline"))["last_seen_at"] is None
        async with node.sign_in(business.id, person) as phone:
            await shown(watching, person, "active")
            async with second.sign_in(business.id, person) as desk:
                await phone.say("presence", state="away")
                await desk.say("presence", state="away")
                await shown(watching, person, "away")
                await phone.say("presence", state="active")
                await shown(watching, person, "active")
        gone = await shown(watching, person, "offline")
    seen = datetime.fromisoformat(str(gone["last_seen_at"]))
    assert datetime.now(UTC) - seen < timedelta(seconds=GRACE_SECONDS + 30)


async def test_what_a_dead_node_said_of_its_people_expires(node: RunningNode, business: Business) -> None:
    person = business.people[1]
    place = (business.id, person)
    await service.tell(node.parts.cache, "dead", {place: "active"}, ring=False)
    assert (await service.states(node.parts.cache, [place]))[place] == "active"
    for key in await node.parts.cache.keys(f"t:{business.id}:present:*"):
        assert 0 < await node.parts.cache.ttl(key) <= 2 * service.TOLD_SECONDS
        await node.parts.cache.zadd(key, {"dead|active": 1.0})
    assert (await service.states(node.parts.cache, [place]))[place] == "offline"


async def test_a_flushed_valkey_is_told_again(node: RunningNode, business: Business) -> None:
    person = business.people[0]
    place = (business.id, person)
    async with node.sign_in(business.id, person):
        await eventually(lambda: is_here(node, place))
        await node.parts.cache.flushdb()
        application = node.app.socket  # type: ignore[attr-defined]  # an Application
        assert isinstance(application, RealtimeSocket)
        board = application.node.presence
        await board.tick(1e12)
        assert await is_here(node, place)


async def is_here(node: RunningNode, place: service.Place) -> bool:
    return (await service.states(node.parts.cache, [place]))[place] != "offline"


async def test_presence_is_for_colleagues_only(node: RunningNode, business: Business) -> None:
    strangers = await new_business(node.parts)
    stranger = strangers.people[0]
    async with (
        node.sign_in(strangers.id, stranger),
        node.sign_in(business.id, business.people[0]) as socket,
        httpx.AsyncClient(base_url=node.url) as client,
    ):
        await socket.say("watch", user_ids=[stranger, business.people[1]])
        assert (await socket.next("presence"))["user_id"] == str(business.people[1])
        await socket.nothing_but("presence")
        asked = {"user_ids": [str(one) for one in (stranger, business.people[0], business.people[1], new_id())]}
        headers = bearer(access_token(business.id))
        await eventually(lambda: is_here(node, (business.id, business.people[0])))
        answer = await client.get("/v1/realtime/presence", params=asked, headers=headers)
    items = {one["user_id"]: one["state"] for one in answer.json()["items"]}
    assert items == {str(business.people[0]): "active", str(business.people[1]): "offline"}
    assert not any(frame.get("user_id") == str(stranger) for frame in socket.seen)


async def test_when_somebody_was_last_seen_never_goes_back(node: RunningNode, business: Business) -> None:
    person, now = business.people[0], datetime.now(UTC)
    for at in (now, now - timedelta(hours=1)):
        async with node.parts.database.tenant_session(business.id) as session:
            await repository.note(session, business.id, [person], at)
    async with node.parts.database.tenant_session(business.id) as session:
        assert await repository.last_seen(session, [person]) == {person: now}


async def test_others_see_typing_and_read_marks_and_the_sender_does_not(room: Room, node: RunningNode) -> None:
    async with all_in(room, node) as (first, second, third):
        for _ in range(3):
            await first.say("typing", conversation_id=room.id)
        message = await room.send("x", sender=1)
        await first.next("event")
        await first.say("read", conversation_id=room.id, seq=message.seq)
        for other in (second, third):
            typing, read = await other.next("typing"), await other.next("read")
            assert typing["user_id"] == read["user_id"] == str(room.business.people[0])
            assert (typing["conversation_id"], read["seq"]) == (str(room.id), message.seq)
            assert not [frame for frame in other.seen if frame["type"] == "typing"]
        await first.nothing_but("event")


async def test_read_positions_reach_ones_other_devices_durably(room: Room, node: RunningNode) -> None:
    person = room.business.people[0]
    message = await room.send("x", sender=1)
    async with node.sign_in(room.business.id, person) as phone, node.sign_in(room.business.id, person) as desk:
        await desk.subscribe(person)
        await phone.say("read", conversation_id=room.id, seq=message.seq)
        moved = await desk.next("event")
    assert (moved["kind"], moved["data"]["read_seq"], moved["data"]["unread"]) == ("read.moved", message.seq, 0)


async def test_people_see_that_an_assistant_writes(room: Room, node: RunningNode) -> None:
    assistant = await new_assistant(node.parts, room.business.id)
    async with node.parts.database.tenant_session(room.business.id) as session:
        roles, now = {assistant: "assistant"}, datetime.now(UTC)
        await add_people(session, room.business.id, room.id, roles, by=room.business.people[0], now=now)
    sent = await room.send(f"<@{assistant}> hello", sender=1)
    async with all_in(room, node) as sockets:
        await show_typing(node.parts, Asked(room.business.id, room.id, sent.id, assistant))
        for socket in sockets:
            assert (await socket.next("typing"))["user_id"] == str(assistant)
