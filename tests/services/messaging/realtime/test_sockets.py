"""Who may have a socket, for how long, and what ends it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from libs.common.access_mode import Mode
from libs.common.ids import new_id
from libs.common.security.jose import SigningKey, new_private_key
from libs.contracts.auth import MemberChanged
from libs.contracts.billing import TenantAccessChanged
from services.messaging.realtime.access import on_access_mode, on_membership
from services.messaging.realtime.frames import MAX_DEPTH
from services.messaging.settings import MessagingSettings, RealtimeSettings
from tests.services.messaging.realtime.conftest import ORIGIN
from tests.services.messaging.realtime.world import Room, RunningNode, Socket, running_node
from tests.services.messaging.world import Business
from tests.support.eventually import eventually
from tests.support.identities import access_token, bearer


@pytest.fixture(scope="module")
async def strict(node_settings: MessagingSettings) -> AsyncIterator[RunningNode]:
    """A node with small limits."""
    limits = RealtimeSettings(authenticate_seconds=2, frames_per_second=2, subscriptions=2, connections_per_second=3)
    async with running_node(node_settings.model_copy(update={"realtime": limits, "drain_seconds": 0.5})) as running:
        yield running


async def test_without_a_token_in_time_the_socket_is_closed(strict: RunningNode) -> None:
    async with strict.open() as socket:
        assert await socket.closed() == (4408, "authentication_timeout")


async def test_a_token_that_is_not_valid_opens_nothing(node: RunningNode) -> None:
    expired = access_token(new_id(), expires_in=-60)
    forged = access_token(new_id(), key=SigningKey(new_private_key()))
    for token in (expired, forged, "nonsense"):
        async with node.open() as socket:
            await socket.say("authenticate", token=token)
            assert await socket.closed() == (4401, "not_authenticated")


async def test_any_other_frame_before_the_token_closes(node: RunningNode) -> None:
    for kind in ("ping", "nonsense"):
        async with node.open() as socket:
            await socket.say(kind)
            assert await socket.closed() == (4401, "not_authenticated")


async def test_a_token_is_renewed_in_place_and_its_end_closes(node: RunningNode, business: Business) -> None:
    person = business.people[0]
    async with node.sign_in(business.id, person, expires_in=30) as socket:
        assert (await socket.next("reauthenticate"))["within_seconds"] <= 30
        await socket.say("authenticate", token=access_token(business.id, user_id=person, expires_in=2))
        assert (await socket.next())["type"] == "authenticated"
        assert (await socket.next("reauthenticate"))["within_seconds"] <= 2
        assert await socket.closed() == (4419, "token_expired")


async def test_a_socket_never_passes_to_somebody_else(node: RunningNode, business: Business) -> None:
    for tenant_id, person in ((business.id, business.people[1]), (new_id(), business.people[0])):
        async with node.sign_in(business.id, business.people[0]) as socket:
            await socket.say("authenticate", token=access_token(tenant_id, user_id=person))
            assert await socket.closed() == (4401, "not_authenticated")


async def issued_ticket(node: RunningNode, business: Business) -> str:
    headers = bearer(access_token(business.id, user_id=business.people[0], role="viewer"))
    async with httpx.AsyncClient(base_url=node.url) as client:
        answer = await client.post("/v1/realtime/tickets", headers=headers)
    assert answer.status_code == 201, answer.text
    ticket: str = answer.json()["ticket"]
    return ticket


async def test_a_ticket_opens_one_socket(node: RunningNode, business: Business) -> None:
    ticket = await issued_ticket(node, business)
    async with node.open(f"?ticket={ticket}", origin=ORIGIN) as socket:
        assert (await socket.next())["user_id"] == str(business.people[0])
    for used in (ticket, "guessed"):
        async with node.open(f"?ticket={used}", origin=ORIGIN) as socket:
            assert await socket.closed() == (4401, "not_authenticated")


async def test_a_viewer_reads_and_writes_nothing(node: RunningNode, room: Room) -> None:
    async with node.sign_in(room.business.id, room.business.people[0], role="viewer") as socket:
        assert (await socket.subscribe(room.id))["type"] == "subscribed"
        await socket.say("send", id="1", conversation_id=room.id, client_message_id=new_id(), text="Hi")
        error = await socket.next("error")
    assert (error["id"], error["code"]) == ("1", "forbidden")


@pytest.mark.parametrize("headers", [{"Origin": f"{ORIGIN}.evil.test"}, {"Origin": "null"}, {"Cookie": "session=x"}])
async def test_pages_of_other_origins_and_cookies_alone_open_nothing(
    node: RunningNode, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(node.address, additional_headers=headers, proxy=None)
    response = refused.value.response
    assert (response.status_code, orjson.loads(response.body)["code"]) == (403, "origin_not_allowed")


async def test_there_is_one_address_for_sockets(node: RunningNode) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{node.address}/tickets", proxy=None)
    assert refused.value.response.status_code == 404


async def test_a_burst_of_sockets_is_refused_politely(node_settings: MessagingSettings, business: Business) -> None:
    limits = RealtimeSettings(connections_per_second=1)
    async with running_node(node_settings.model_copy(update={"realtime": limits})) as node:
        results = await asyncio.gather(*(outcome(node) for _ in range(12)))
    refused = [one for one in results if one != 101]
    assert 2 <= results.count(101) < 12
    assert set(refused) == {503}


async def outcome(node: RunningNode) -> int:
    try:
        async with node.open():
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code if int(refused.response.headers["Retry-After"]) >= 1 else 0


def nested(depth: int) -> str:
    return '{"type":"ping","x":' + "[" * depth + "]" * depth + "}"


BAD: dict[str, tuple[Any, tuple[int, str]]] = {
    "binary": (b"\x00\x01", (1003, "unsupported_data")),
    "no json": ("hallo", (4400, "bad_frame")),
    "no object": ("[]", (4400, "bad_frame")),
    "deep": (nested(MAX_DEPTH), (4400, "bad_frame")),
    "very deep": (nested(20_000), (4400, "bad_frame")),
    "large": ("x" * 65_537, (1009, "")),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_frame_closes_with_its_code_and_is_logged_once(
    node: RunningNode, room: Room, name: str
) -> None:
    said, (code, reason) = BAD[name]
    async with node.sign_in(room.business.id, room.business.people[1]) as other:
        await other.subscribe(room.id)
        with capture_logs() as logs:
            async with node.sign_in(room.business.id, room.business.people[0]) as socket:
                await socket.connection.send(said)
                closed = await socket.closed()
        assert closed[0] == code
        assert closed[1].startswith(reason)
        await room.send("nobody notices")
        assert (await other.next("event"))["data"]["text"] == "nobody notices"
    assert [entry["code"] for entry in logs if entry["event"] == "realtime.closed"] == [code]


async def raw_bytes(socket: Socket, data: bytes) -> None:
    socket.connection.transport.write(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (WireFrame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True), 1007),
        (b"\xc1\x82\x00\x00\x00\x00{}", 1002),
        (WireFrame(Opcode.TEXT, b"{}").serialize(mask=False), 1002),
        (struct.pack("!BBQ", 0x81, 0xFF, 2**40) + b"mask", 1009),
    ],
    ids=["invalid utf-8", "compressed", "unmasked", "announced too large"],
)
async def test_broken_frames_close_with_the_protocols_codes(
    node: RunningNode, business: Business, data: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logs:
        async with node.sign_in(business.id, business.people[0]) as socket:
            await raw_bytes(socket, data)
            assert (await socket.closed())[0] == code
    assert [entry["code"] for entry in logs if entry["event"] == "realtime.closed"] == [code]
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


async def test_a_frame_that_is_not_known_or_not_valid_is_answered_by_an_error(
    node: RunningNode, business: Business
) -> None:
    async with node.sign_in(business.id, business.people[0]) as socket:
        await socket.say("dance", id="1")
        await socket.say("subscribe", id="2", streams=[])
        await socket.say("ping", more=True)
        errors = [await socket.next("error") for _ in range(3)]
        await socket.nothing_but()
    assert [(error["id"], error["code"]) for error in errors] == [
        ("1", "unknown_type"),
        ("2", "invalid_frame"),
        (None, "invalid_frame"),
    ]


async def test_a_flood_is_closed(strict: RunningNode, business: Business) -> None:
    async with strict.sign_in(business.id, business.people[0]) as socket:
        for _ in range(40):
            await socket.say("ping")
        assert (await socket.closed())[0] == 4429


async def test_a_socket_follows_so_many_streams_and_no_more(strict: RunningNode, room: Room) -> None:
    person = room.business.people[0]
    async with strict.sign_in(room.business.id, person) as socket:
        wanted = [{"stream": one} for one in (room.id, person, new_id())]
        await socket.say("subscribe", id="s", streams=wanted)
        answers = [await socket.next("subscribed", "refused") for _ in wanted]
    refused = [one["code"] for one in answers if one["type"] == "refused"]
    assert refused == ["too_many_subscriptions"]


async def test_who_leaves_the_business_loses_the_socket_at_once(node: RunningNode, business: Business) -> None:
    gone = business.people[2]
    event = MemberChanged(tenant_id=business.id, user_id=gone, role="member", active=False, version=2)
    async with node.sign_in(business.id, gone) as socket, node.sign_in(business.id, business.people[1]) as other:
        async with node.parts.database.tenant_session(business.id) as session:
            await on_membership(session, event)
        assert await socket.closed() == (4403, "access_ended")
        await other.nothing_but()
    async with node.sign_in(business.id, gone) as again:
        assert (await again.subscribe(gone))["type"] == "refused"


@pytest.mark.parametrize(("mode", "stays"), [("suspended", False), ("read_only", True)])
async def test_a_suspended_business_loses_its_sockets_and_a_read_only_one_reads(
    node: RunningNode, room: Room, mode: Mode, stays: bool
) -> None:
    business = room.business
    async with node.sign_in(business.id, business.people[0]) as socket:
        await socket.subscribe(room.id)
        async with node.parts.database.tenant_session(business.id) as session:
            await on_access_mode(session, TenantAccessChanged(tenant_id=business.id, mode=mode, version=1))
        if not stays:
            assert await socket.closed() == (4403, "access_ended")
            return
        await room.send("still there")
        assert (await socket.next("event"))["data"]["text"] == "still there"
    async with node.sign_in(business.id, business.people[0]) as socket:

        async def refused() -> bool:
            """The node remembers for a second what a business may do."""
            await socket.say("send", id="1", conversation_id=room.id, client_message_id=new_id(), text="Hi")
            return bool((await socket.next("error", "sent")).get("code") == "tenant_read_only")

        await eventually(refused, interval=0.3)


async def test_a_node_that_drains_sends_its_clients_elsewhere(
    node_settings: MessagingSettings, business: Business
) -> None:
    async with (
        running_node(node_settings.model_copy(update={"drain_seconds": 1.0})) as node,
        node.sign_in(business.id, business.people[0]) as socket,
    ):
        node.app.state.draining = True
        frame = await socket.next("reconnect")
        assert 0 <= frame["after_ms"] <= 800
        with pytest.raises(InvalidStatus) as refused:
            await connect(node.address, proxy=None)
        assert await socket.closed() == (1012, "restarting")
    assert refused.value.response.status_code == 503
    assert "Retry-After" in refused.value.response.headers


async def test_a_node_that_just_ends_closes_with_the_same_code(
    node_settings: MessagingSettings, business: Business
) -> None:
    async with running_node(node_settings) as node:
        connection = await connect(node.address, proxy=None)
        socket = Socket(connection)
        await socket.say("authenticate", token=access_token(business.id))
        await socket.next("welcome")
    assert (await socket.closed())[0] == 1012
