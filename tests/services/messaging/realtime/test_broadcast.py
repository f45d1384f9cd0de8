"""Frames go straight to the transports, and a client that does not read holds up nobody."""

import asyncio
import importlib.metadata
import inspect
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from services.messaging.realtime.broadcast import MOST_BYTES, MOST_FRAMES, Outlet, broadcast, text_frame
from tests.services.messaging.realtime.world import Room, RunningNode, Socket, all_in
from tests.support.eventually import eventually


def test_uvicorn_is_the_one_that_this_was_written_for() -> None:
    assert importlib.metadata.version("uvicorn").startswith("0.54.")
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for used in ("self.close_sent", "self.transport", "self.writable", "self.queue", "self.read_paused", "close_timer"):
        assert used in source
    assert "self.conn.send_close(code, reason)" in source


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_is_what_the_library_would_write(size: int) -> None:
    payload = b"x" * size
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_a_send_that_is_not_uvicorns_is_refused() -> None:
    async def send(_message: object) -> None:
        raise AssertionError

    with pytest.raises(TypeError, match="websockets-sansio"):
        Outlet(send)


@asynccontextmanager
async def deaf(node: RunningNode, room: Room, person: int) -> AsyncIterator[Socket]:
    """A subscribed socket whose client reads nothing any more, behind a small receive buffer."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    port = int(node.url.rpartition(":")[2])
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    async with node.sign_in(room.business.id, room.business.people[person], sock=raw) as socket:
        await socket.subscribe(room.id)
        socket.connection.transport.pause_reading()
        yield socket
        socket.connection.transport.abort()


async def test_a_slow_reader_is_closed_with_a_code_to_come_back_on_and_slows_nobody(
    room: Room, node: RunningNode
) -> None:
    async with deaf(node, room, 2) as slow, all_in(room, node) as (first, second, unread):
        unread.connection.transport.abort()
        sent = 0
        while not await closed_slow_readers(node):
            messages = await asyncio.gather(*(room.send("€" * 9900) for _ in range(10)))
            sent += len(messages)
            for other in (first, second):
                assert await other.events(10) == sorted(message.seq for message in messages)
            assert sent < 1500
        slow.connection.transport.resume_reading()
        assert await slow.closed() == (4508, "slow_reader")
        seqs = [frame["seq"] for frame in slow.seen if frame["type"] == "event"]
        assert seqs == list(range(room.seq + 1, room.seq + 1 + len(seqs)))
    async with node.sign_in(room.business.id, room.business.people[2]) as back:
        await back.subscribe(room.id, epoch=room.epoch, seq=seqs[-1])
        assert await back.events(sent - len(seqs)) == list(range(seqs[-1] + 1, room.seq + sent + 1))


async def closed_slow_readers(node: RunningNode) -> bool:
    """Whether the node has closed one, by its own count."""
    from prometheus_client import REGISTRY  # noqa: PLC0415  # only this function looks at the process's metrics

    return bool(REGISTRY.get_sample_value("messaging_slow_readers_total"))


class Recording(Outlet):
    """An outlet on a real connection that remembers whether it fell behind."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        super().__init__(protocol.send)  # type: ignore[arg-type]  # uvicorn names its messages more narrowly
        self.behind = False

    def fall_behind(self) -> None:
        self.behind = True


async def recording(node: RunningNode, room: Room, person: int) -> Recording:
    """The outlet of the newest connection of the node."""
    from services.messaging.realtime.socket import RealtimeSocket  # noqa: PLC0415  # reached through the running app

    application = node.app.socket  # type: ignore[attr-defined]  # an Application
    assert isinstance(application, RealtimeSocket)
    person_id = room.business.people[person]
    connection = next(one for one in application.node.connections if one.token and one.user_id == person_id)
    return Recording(connection.protocol)


async def test_a_burst_to_a_client_that_reads_is_no_slowness(room: Room, node: RunningNode) -> None:
    async with node.sign_in(room.business.id, room.business.people[0]) as socket:
        outlet = await recording(node, room, 0)
        frame = text_frame(b'{"type":"pong"}')
        for _ in range(MOST_FRAMES * 3):
            assert broadcast(frame, [outlet]) == 1
        for _ in range(MOST_FRAMES * 3):
            await socket.next("pong")
        await eventually(lambda: not outlet.suspected)
        assert not outlet.behind


async def test_many_frames_that_stay_unread_are(room: Room, node: RunningNode) -> None:
    async with deaf(node, room, 0):
        outlet = await recording(node, room, 0)
        await fill(outlet)
        for _ in range(MOST_FRAMES + 1):
            broadcast(text_frame(b"{}"), [outlet])
        assert not outlet.behind
        await eventually(lambda: outlet.behind)
        assert outlet.transport.get_write_buffer_size() < MOST_BYTES
        outlet.transport.abort()


async def fill(outlet: Outlet) -> None:
    """Until the kernel takes no more."""

    def full() -> bool:
        if outlet.transport.get_write_buffer_size() == 0:
            outlet.transport.write(text_frame(b"x" * 50_000))
        return outlet.transport.get_write_buffer_size() > 0

    stuck = 0
    while stuck < 5:
        stuck = stuck + 1 if full() else 0
        await asyncio.sleep(0)
