"""messaging's sockets against Node's `ws` and socket.io: connections, memory, fan-out, and how late messages come.

Everything runs on this machine: the load generator takes its share of the same cores.
"""

import asyncio
import gc
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import httpx
import orjson
import psutil
import uvloop

from bench.realtime_fanout import deliveries_per_second, delivery_p99_ms
from bench.realtime_members import FrameWaiter, Place, join, join_all, subscription
from bench.realtime_rooms import ROOM, own_room, peer_room, peer_servers
from bench.registry import Bench, Figures
from bench.support.report import print_table
from bench.support.sockets import Refused, Socket, open_socket
from libs.common.ids import new_id
from services.messaging.stream.wire import message_bound
from tests.support.messaging_platform import MessagingPlatform, messaging_platform

CONNECTIONS, THROUGH_GATEWAY, BURST = 10_000, 4_000, 2_000
PING_SECONDS = 35.0
FANOUT_SECONDS, FANOUT_RATE = 5.0, 10_000.0
ROUNDS = 3
RATE, RATE_SECONDS, RATE_ROOMS, RATE_ROOM = 200, 10, 200, 10
MISSED = 500
STORED, PAGE = 1_000_000, 50


def run() -> Figures:
    """One platform for all parts, each part on connections of its own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-realtime-"))
    gc.disable()  # pauses of the load generator are not the server's
    try:
        with messaging_platform(folder / "home", gateway=True) as platform:
            return uvloop.run(_run(platform, folder))
    finally:
        gc.enable()
        shutil.rmtree(folder, ignore_errors=True)


async def _run(platform: MessagingPlatform, folder: Path) -> Figures:
    return {
        **await _messages(platform),
        **await _resume(platform),
        **await _history(platform),
        **await _connections(platform),
        **await _fanout(platform, folder),
    }


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


async def _connections(platform: MessagingPlatform) -> Figures:
    """Open, authenticated and subscribed to a conversation of a thousand people; then a burst on top."""
    tenant, users = await platform.new_business(ROOM)
    rooms = [await platform.new_conversation(tenant, users) for _ in range(CONNECTIONS // ROOM)]
    port = _port(platform.nodes[0].url)
    node = psutil.Process(platform.pid("node-0"))
    before = node.memory_full_info().pss
    tokens = [platform.token(tenant, user) for user in users]
    places = [[Place(room)] for room in rooms for _ in users]
    sockets = await join_all(port, tokens * len(rooms), places)
    kib = (node.memory_full_info().pss - before) / 1024 / len(sockets)
    await asyncio.sleep(PING_SECONDS)
    answering = sum(socket.is_open and socket.pings > 0 for socket in sockets)
    served, refused, hung = await _burst(port)
    _close(sockets)
    gateway = _port(platform.gateway_url)
    through = await join_all(gateway, (tokens * 4)[:THROUGH_GATEWAY], places[:THROUGH_GATEWAY])
    await asyncio.sleep(PING_SECONDS)
    through_gateway = sum(socket.is_open and socket.pings > 0 for socket in through)
    _close(through)
    print(f"{answering:,} connections answer pings, {kib:.1f} KiB each; {through_gateway:,} through the gateway.")
    print(f"A burst of {BURST:,} more: {served:,} served, {refused:,} refused with 503, {hung:,} without an answer.")
    return {
        "connections": answering,
        "kib_per_connection": kib,
        "gateway_connections": through_gateway,
        "burst_hung": hung,
    }


async def _burst(port: int) -> tuple[int, int, int]:
    async def one() -> str:
        try:
            socket = await open_socket(port, "/v1/realtime")
        except Refused as refusal:
            return "refused" if refusal.status == 503 else "hung"
        except (OSError, TimeoutError):
            return "hung"
        socket.abort()
        return "served"

    outcomes = await asyncio.gather(*(one() for _ in range(BURST)))
    return outcomes.count("served"), outcomes.count("refused"), outcomes.count("hung")


async def _fanout(platform: MessagingPlatform, folder: Path) -> Figures:
    """A room of a thousand, fed as the relay feeds it; the peers' rooms are fed by a client."""
    rates: dict[str, list[float]] = {"messaging": [], "socket.io": [], "ws": []}
    late: dict[str, list[float]] = {name: [] for name in rates}
    ours = await own_room(platform)
    with peer_servers(folder) as ports:
        rooms = {
            "messaging": ours,
            "socket.io": await peer_room(ports["socket.io"], "socket.io"),
            "ws": await peer_room(ports["ws"], "ws"),
        }
        for _ in range(ROUNDS):
            for name, room in rooms.items():
                rates[name].append(await deliveries_per_second(room, FANOUT_SECONDS))
        for _ in range(ROUNDS):
            for name, room in rooms.items():
                late[name].append(await delivery_p99_ms(room, per_second=FANOUT_RATE, seconds=FANOUT_SECONDS))
        for room in rooms.values():
            _close(room.sockets)
    print_table(
        f"A room of {ROOM:,}, {ROUNDS} rounds alternating (medians)",
        ("server", "deliveries/s", f"p99 ms at {FANOUT_RATE:,.0f}/s"),
        [(name, round(median(rates[name])), median(late[name])) for name in rates],
    )
    return {
        "fanout_ratio": median(a / b for a, b in zip(rates["messaging"], rates["socket.io"], strict=True)),
        "fanout_p99_ms": median(late["messaging"]),
    }


async def _messages(platform: MessagingPlatform) -> Figures:
    """Two hundred rooms of ten people each, two hundred messages a second; medians of the rounds' p99."""
    tenant, users = await platform.new_business(RATE_ROOMS * RATE_ROOM)
    groups = [users[start : start + RATE_ROOM] for start in range(0, len(users), RATE_ROOM)]
    rooms = [await platform.new_conversation(tenant, group) for group in groups]
    places = [[Place(room)] for room, group in zip(rooms, groups, strict=True) for _ in group]
    tokens = [platform.token(tenant, user) for user in users]
    sockets = await join_all(_port(platform.nodes[0].url), tokens, places)
    rounds = [await _round_of_messages(rooms, sockets) for _ in range(ROUNDS)]
    _close(sockets)
    acknowledged, delivered = (median(each) for each in zip(*rounds, strict=True))
    print(f"{RATE} messages/s over {len(sockets):,} connections: p99 acknowledged after {acknowledged:.1f} ms,")
    print(f"delivered after {delivered:.1f} ms (medians of {ROUNDS} rounds)")
    return {"acknowledged_p99_ms": acknowledged, "delivered_p99_ms": delivered}


async def _round_of_messages(rooms: Sequence[UUID], sockets: Sequence[Socket]) -> tuple[float, float]:
    sent_at: dict[str, float] = {}
    acknowledged: list[float] = []
    delivered: list[float] = []

    def hear(text: bytes) -> None:
        now, frame = time.perf_counter(), orjson.loads(text)
        if frame["type"] == "sent":
            acknowledged.append(now - sent_at[frame["id"]])
        elif frame["type"] == "event":
            delivered.append(now - sent_at[frame["data"]["client_message_id"]])

    for socket in sockets:
        socket.on_text = hear
    started = time.perf_counter() + 0.1
    for number in range(RATE * RATE_SECONDS):
        await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
        room = number * 7 % len(rooms)
        message_id = str(new_id())
        frame = {"type": "send", "id": message_id, "client_message_id": message_id, "text": f"message {number}"}
        sent_at[message_id] = time.perf_counter()
        speaker = sockets[room * RATE_ROOM + random.randrange(RATE_ROOM)]
        speaker.send(orjson.dumps({**frame, "conversation_id": str(rooms[room])}))
    await asyncio.sleep(2)
    wanted = RATE * RATE_SECONDS
    if (len(acknowledged), len(delivered)) != (wanted, wanted * RATE_ROOM):
        raise RuntimeError(f"{len(acknowledged)} acknowledged and {len(delivered)} delivered of {wanted}")
    return _p99_ms(acknowledged), _p99_ms(delivered)


async def _resume(platform: MessagingPlatform) -> Figures:
    """From the wish to resume to the last of five hundred missed messages."""
    tenant, users = await platform.new_business(2)
    room = await platform.new_conversation(tenant, users)
    port = _port(platform.nodes[0].url)
    headers = {"Authorization": f"Bearer {platform.token(tenant, users[0])}"}
    async with httpx.AsyncClient(base_url=platform.nodes[0].url, headers=headers) as client:
        for number in range(MISSED):
            message = {"text": f"missed {number}", "client_message_id": str(new_id())}
            (await client.post(f"/v1/conversations/{room}/messages", json=message)).raise_for_status()
    connection = await platform.connect()
    row = await connection.fetchrow("SELECT epoch, last_seq FROM stream WHERE id = $1", room)
    await connection.close()
    took: list[float] = []
    for _ in range(20):
        reader = await join(port, platform.token(tenant, users[1]))
        missed = FrameWaiter(reader)
        started = time.perf_counter()
        reader.send(subscription([Place(room, epoch=str(row["epoch"]), seq=row["last_seq"] - MISSED)]))
        await missed.next("event", matching=lambda frame: frame["seq"] == row["last_seq"])
        took.append((time.perf_counter() - started) * 1000)
        reader.abort()
    print(f"Resume of {MISSED} missed messages: median {median(took):.1f} ms, longest {max(took):.1f} ms")
    return {"resume_500_ms": median(took)}


async def _history(platform: MessagingPlatform) -> Figures:
    """Pages of fifty at random places, in a business with a million messages in twenty conversations."""
    tenant, users = await platform.new_business(2)
    rooms = [await platform.new_conversation(tenant, users) for _ in range(20)]
    async with platform.rings() as rings:
        ring = await rings.ring(tenant)
    connection = await platform.connect()
    columns = ["tenant_id", "id", "conversation_id", "seq", "number", "version", "sender_id", "client_message_id"]
    columns += ["text", "created_at"]
    each = STORED // len(rooms)
    for room in rooms:
        rows = []
        for seq in range(1, each + 1):
            message_id, text = new_id(), f"Message {seq} of the history, as long as messages are."
            sealed = ring.seal(text, message_bound(message_id, 1))
            rows.append(
                (tenant, message_id, room, seq, seq, seq, users[0], message_id, sealed, datetime.now(UTC)),
            )
        await connection.copy_records_to_table("message", records=rows, columns=columns)
        await connection.execute("UPDATE stream SET last_seq = $2 WHERE id = $1", room, each)
        await connection.execute("UPDATE conversation SET message_count = $2 WHERE id = $1", room, each)
    await connection.execute("ANALYZE message")
    await connection.close()
    took: list[float] = []
    headers = {"Authorization": f"Bearer {platform.token(tenant, users[0])}"}
    async with httpx.AsyncClient(base_url=platform.nodes[0].url, headers=headers) as client:
        for number in range(420):
            path = f"/v1/conversations/{random.choice(rooms)}/messages?limit={PAGE}&before={random.randint(51, each)}"
            started = time.perf_counter()
            answer = await client.get(path)
            elapsed = time.perf_counter() - started
            if answer.status_code != 200 or len(answer.json()["items"]) != PAGE:
                raise RuntimeError(answer.text[:500])
            if number >= 20:
                took.append(elapsed)
    print(f"A page of {PAGE} among {STORED:,}: median {median(took) * 1000:.1f} ms, p99 {_p99_ms(took):.1f} ms")
    return {"history_page_ms": median(took) * 1000, "history_page_p99_ms": _p99_ms(took)}


def _close(sockets: Sequence[Socket]) -> None:
    for socket in sockets:
        socket.abort()


def _p99_ms(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100)[98] * 1000


BENCH = Bench(
    name="realtime",
    measures="messaging's sockets beside Node's ws and socket.io: connections and their memory, fan-out, lateness of "
    "acknowledgement and delivery, resume, a page of history",
    run=run,
)
