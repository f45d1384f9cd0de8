"""The client's listener hears each event once and in order, whatever becomes of its connections."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import pytest

from cli.realtime_client import RealtimeClient, SendRefused, State
from libs.common.ids import new_id
from services.messaging.realtime.closing import Closing
from services.messaging.realtime.frames import Event, FromServer, OthersTyping, Resync, Typing
from tests.services.messaging.realtime.world import Room, RunningNode
from tests.support.eventually import eventually
from tests.support.identities import access_token


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.resyncs: list[Resync] = []
        self.others: list[FromServer] = []
        self.states: list[State] = []

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events]

    def state(self, state: State, closing: Closing | None) -> None:
        self.states.append(state)

    def event(self, event: Event) -> None:
        self.events.append(event)

    def resync(self, frame: Resync) -> None:
        self.resyncs.append(frame)

    def told(self, frame: FromServer) -> None:
        self.others.append(frame)


@asynccontextmanager
async def listening(node: RunningNode, room: Room, person: int = 0) -> AsyncIterator[tuple[RealtimeClient, Heard]]:
    """A client that follows the room from its beginning."""
    heard = Heard()

    async def token() -> str:
        return access_token(room.business.id, user_id=room.business.people[person])

    client = RealtimeClient(node.address, token, heard, first_wait=0.02)
    await client.follow(room.id, epoch=room.epoch, seq=room.seq)
    running = asyncio.create_task(client.run())
    try:
        yield client, heard
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def has(heard: Heard, count: int) -> bool:
    return len(heard.events) >= count


async def test_clients_that_are_dropped_at_random_end_with_the_servers_order(room: Room, node: RunningNode) -> None:
    chance = random.Random(7)  # the same drops each time
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(listening(node, room, person)) for person in range(3)]

        async def write(client: RealtimeClient, number: int) -> int:
            if chance.random() < 0.3:
                await client.drop()
            return (await client.send(room.id, f"{number}")).seq

        sent = [await asyncio.gather(*(write(client, n) for client, _ in clients)) for n in range(10)]
        expected = sorted(seq for part in sent for seq in part)
        assert expected == list(range(room.seq + 1, room.seq + 31))
        for _, heard in clients:
            await eventually(partial(has, heard, len(expected)))
            assert heard.seqs == expected
        assert not any(heard.resyncs for _, heard in clients)
        assert any(heard.states.count("open") > 1 for _, heard in clients)


async def test_a_client_asks_where_there_is_a_gap(room: Room, node: RunningNode) -> None:
    async with listening(node, room) as (client, heard):
        first = await room.send("first")
        await eventually(lambda: heard.seqs == [first.seq])
        client.positions[room.id].seq = first.seq - 1  # as if the first had been lost
        second = await room.send("second")
        await eventually(lambda: heard.seqs == [first.seq, first.seq, second.seq])
        assert client.dropped == 1


async def test_a_refusal_ends_a_send_and_others_signals_are_told(room: Room, node: RunningNode) -> None:
    async with listening(node, room) as (client, heard), listening(node, room, 1) as (other, _):
        await eventually(lambda: client.welcome and other.welcome)
        with pytest.raises(SendRefused) as refused:
            await client.send(new_id(), "into nowhere")
        assert refused.value.code == "conversation_not_found"
        sent = await other.send(room.id, "Hallo")
        await eventually(lambda: heard.seqs == [sent.seq])
        await other.say(Typing(conversation_id=room.id))
        await eventually(lambda: any(isinstance(frame, OthersTyping) for frame in heard.others))


async def test_a_client_that_is_told_to_stop_stops(room: Room, node: RunningNode) -> None:
    async def token() -> str:
        return "nonsense"

    heard = Heard()
    closing = await RealtimeClient(node.address, token, heard).run()
    assert (closing.code, heard.states) == (4401, ["connecting", "closed"])
