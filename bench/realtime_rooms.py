"""Rooms of a thousand: messaging's, fed as its relay feeds it, and the peers', fed by one of their clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from bench import realtime_peers as peers
from bench.realtime_fanout import Room
from bench.realtime_members import Place, join_all
from bench.support.peers import node_package
from bench.support.processes import running
from sandbox.ports import free_port
from services.messaging.stream.relay import stream_channel
from services.messaging.stream.wire import CarriedEvent, packed
from tests.support.messaging_platform import MessagingPlatform

ROOM = 1_000
KIND = "message.created"
AHEAD = 20


async def own_room(platform: MessagingPlatform) -> Room:
    tenant, users = await platform.new_business(ROOM)
    conversation = await platform.new_conversation(tenant, users)
    tokens = [platform.token(tenant, user) for user in users]
    sockets = await join_all(int(platform.nodes[0].url.rsplit(":", 1)[1]), tokens, [[Place(conversation)]] * ROOM)
    connection = await platform.connect()
    epoch = await connection.fetchval("SELECT epoch FROM stream WHERE id = $1", conversation)
    now = datetime.now(UTC)
    columns = ["tenant_id", "stream_id", "seq", "kind", "actor_id", "data", "created_at"]
    await connection.execute("SET synchronous_commit = off")
    valkey = Redis.from_url(platform.valkey_url)
    said = written = await connection.fetchval("SELECT last_seq FROM stream WHERE id = $1", conversation)

    async def publish(text: str) -> None:
        """Says what is written already: the node compares what it heard with PostgreSQL, and reads the rest there."""
        nonlocal said, written
        timed = "@" in text  # timed ones begin after what the node found in PostgreSQL by itself
        said = (written if timed else said) + 1
        if said > written:
            seqs = range(said, said + (1 if timed else AHEAD))
            rows = [(tenant, conversation, seq, KIND, users[0], "{}", now) for seq in seqs]
            async with connection.transaction():
                await connection.copy_records_to_table("stream_event", records=rows, columns=columns)
                written = await connection.fetchval(
                    "UPDATE stream SET last_seq = $2 WHERE id = $1 RETURNING last_seq", conversation, seqs[-1]
                )
        event = CarriedEvent(
            tenant_id=tenant,
            stream_id=conversation,
            epoch=epoch,
            seq=said,
            kind=KIND,
            actor_id=users[0],
            message_id=None,
            data={"text": text},
            sealed=None,
            at=now,
        )
        await valkey.publish(stream_channel(event), packed(event))

    return Room(sockets, publish)


@contextmanager
def peer_servers(folder: Path) -> Iterator[dict[str, int]]:
    programs = {"ws": (peers.WS, peers.WS_PROGRAM), "socket.io": (peers.SOCKET_IO, peers.SOCKET_IO_PROGRAM)}
    ports = {name: free_port() for name in programs}
    commands = {}
    for name, (package, program) in programs.items():
        script = node_package(*package) / "server.js"
        script.write_text(program)
        commands[name] = ["node", str(script), str(ports[name])]
    with (
        running(commands["ws"], ports["ws"], log=folder / "ws.log"),
        running(commands["socket.io"], ports["socket.io"], log=folder / "socket.io.log"),
    ):
        yield ports


async def peer_room(port: int, name: str) -> Room:
    enter = peers.join_socket_io if name == "socket.io" else peers.join_ws
    say = peers.publish_socket_io if name == "socket.io" else peers.publish_ws
    sockets = [await enter(port) for _ in range(ROOM)]

    async def publish(text: str) -> None:
        say(sockets[0], text)

    return Room(sockets, publish)
