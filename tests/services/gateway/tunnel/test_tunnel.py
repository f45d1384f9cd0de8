"""A WebSocket through the gateway: refused by problems before, bytes as they are, ended by a code to come back on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.services.gateway.raw import Received, exchange, raw_service
from tests.services.gateway.running import gateway_before
from tests.support.eventually import eventually

APP = "https://app.example.com"
OPENING = (
    "GET {target} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)


class Messaging:
    """Stands for messaging: echoes, and keeps what opened its sockets."""

    def __init__(self) -> None:
        self.url = ""
        self.sockets: list[ServerConnection] = []
        self.codes: list[int | None] = []

    async def handle(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        try:
            async for message in socket:
                await socket.send(message)
        except ConnectionClosed:
            pass
        self.codes.append(socket.close_code)


@asynccontextmanager
async def messaging() -> AsyncIterator[Messaging]:
    double = Messaging()
    async with serve(double.handle, "127.0.0.1", 0, compression=None, max_size=None) as server:
        double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield double


@asynccontextmanager
async def gateway(**changes: Any) -> AsyncIterator[tuple[str, Messaging, Any]]:
    async with (
        messaging() as service,
        gateway_before({"messaging": service.url}, cors_origins=[APP], **changes) as (url, app),
    ):
        yield f"{url.replace('http', 'ws', 1)}/v1/realtime", service, app


def opened(address: str, **arguments: Any) -> connect:
    return connect(address, **{"compression": None, "proxy": None, "max_size": None, **arguments})


async def closed(socket: ClientConnection) -> tuple[int | None, list[Any]]:
    """The code by which the socket was closed, and what came before."""
    received = []
    try:
        async with asyncio.timeout(10):
            while True:
                received.append(await socket.recv())
    except ConnectionClosed:
        return socket.close_code, received


async def test_frames_of_every_size_pass_in_both_directions() -> None:
    async with gateway() as (address, _, _), opened(address) as socket:
        for message in ("", "x", "Grüße", "y" * 70_000, b"\x00\xff", "z" * 2_000_000):
            await socket.send(message)
            assert await socket.recv() == message
        await (await socket.ping())


async def test_messaging_learns_who_asks_and_nothing_that_must_not_pass() -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "forged-forged", "Authorization": "Bearer x"}
    async with (
        gateway() as (address, service, _),
        opened(f"{address}?ticket=t", origin=APP, additional_headers={**headers, "Cookie": "a=b"}) as socket,
    ):
        answer, request = socket.response, service.sockets[0].request
    assert answer is not None
    assert request is not None
    assert request.path == "/v1/realtime?ticket=t"
    assert request.headers["X-Forwarded-For"] == "127.0.0.1"
    assert request.headers["X-Request-Id"] == answer.headers["X-Request-Id"] != "forged-forged"
    assert request.headers["Origin"] == APP
    assert not {"cookie", "authorization", "sec-websocket-extensions"} & {name.lower() for name in request.headers}
    assert "server" not in answer.headers


async def test_either_side_may_close_and_the_other_learns_the_code() -> None:
    async with gateway() as (address, service, _):
        async with opened(address) as socket:
            await socket.close(4000)
        await eventually(lambda: service.codes == [4000])
        async with opened(address) as socket:
            await service.sockets[1].close(4508, "slow_reader")
            assert (await closed(socket))[0] == 4508
            assert socket.close_reason == "slow_reader"


@pytest.mark.parametrize(
    ("target", "more", "expected"),
    [
        ("/v1/realtime", f"Origin: {APP}.evil.test\r\n", (403, "origin_not_allowed")),
        ("/v1/realtime", "Origin: null\r\n", (403, "origin_not_allowed")),
        ("/v1/realtime", "Cookie: stackpro_session=x\r\n", (403, "origin_not_allowed")),
        ("/v1/realtime/", "", (404, "not_found")),
        ("/v1/realtime/tickets", "", (404, "not_found")),
        ("/v1/conversations", "", (404, "not_found")),
        ("/v1/x/../realtime", "", (404, "not_found")),
        ("/internal/health", "", (404, "not_found")),
    ],
)
async def test_what_may_not_open_a_socket_is_refused_by_a_problem(
    target: str, more: str, expected: tuple[int, str]
) -> None:
    async with gateway() as (address, service, _):
        url = address.replace("ws", "http", 1).removesuffix("/v1/realtime")
        head, _, body = (await exchange(url, OPENING.format(target=target, more=more).encode())).partition(b"\r\n\r\n")
        assert not service.sockets
    problem = json.loads(body)
    assert (int(head.split(b" ")[1]), problem["code"]) == expected
    assert b"application/problem+json" in head
    assert problem["request_id"].encode() in head


async def test_too_many_sockets_are_refused_politely() -> None:
    async with gateway(limits={"address_sockets": 2}) as (address, _, _), opened(address), opened(address):
        with pytest.raises(InvalidStatus) as refused:
            await opened(address)
    response = refused.value.response
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    async with gateway(limits={"sockets": 1}) as (address, _, _), opened(address):
        with pytest.raises(InvalidStatus) as refused:
            await opened(address)
    assert refused.value.response.status_code == 503


async def test_without_messaging_the_answer_is_503() -> None:
    async with gateway_before({}) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            await opened(f"{url.replace('http', 'ws', 1)}/v1/realtime")
    assert refused.value.response.status_code == 503
    assert "Retry-After" in refused.value.response.headers


async def test_a_refusal_of_messaging_reaches_the_client_whole() -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\nno")
        writer.close()

    async with raw_service(behave) as service, gateway_before({"messaging": service.url}) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            await opened(f"{url.replace('http', 'ws', 1)}/v1/realtime")
    response = refused.value.response
    assert (response.status_code, response.headers["Retry-After"], response.body) == (503, "7", b"no")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 101" + b"x" * 20_000])
async def test_a_service_that_answers_nonsense_is_a_bad_gateway(said: bytes) -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async with raw_service(behave) as service, gateway_before({"messaging": service.url}) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            await opened(f"{url.replace('http', 'ws', 1)}/v1/realtime")
    assert refused.value.response.status_code == 502


async def test_a_gateway_that_ends_tells_its_clients_to_come_back() -> None:
    async with messaging() as service:
        async with gateway_before({"messaging": service.url}) as (url, _):
            socket = await opened(f"{url.replace('http', 'ws', 1)}/v1/realtime")
            await socket.send("x" * 100_000)
            await eventually(lambda: service.sockets)
        code, received = await closed(socket)
    assert code == 1012
    assert received in ([], ["x" * 100_000])


async def test_a_gateway_that_drains_sends_its_clients_away_and_takes_no_more() -> None:
    async with gateway(drain_seconds=0.1) as (address, _, app):
        sockets = [await opened(address) for _ in range(3)]
        app.state.draining = True
        assert [(await closed(socket))[0] for socket in sockets] == [1012] * 3
        with pytest.raises(InvalidStatus) as refused:
            await opened(address)
        assert refused.value.response.status_code == 503


async def test_when_messaging_dies_its_clients_are_told_to_come_back() -> None:
    async with gateway() as (address, service, _), opened(address) as socket:
        await socket.send("hallo")
        assert await socket.recv() == "hallo"
        service.sockets[0].transport.abort()
        assert (await closed(socket))[0] == 1012


async def test_a_client_that_vanishes_is_left_alone() -> None:
    """On the loop that serves in production, which refuses to write where nobody is any more."""
    faults: list[dict[str, Any]] = []

    async def vanish() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        async with gateway() as (address, service, _):
            socket = await opened(address)
            socket.transport.abort()
            await eventually(lambda: service.codes)

    await asyncio.to_thread(uvloop.run, vanish())
    assert not faults


async def test_a_client_that_does_not_read_stops_messaging_from_sending() -> None:
    async with gateway() as (address, service, _), opened(address, max_queue=1) as socket:
        await socket.send("begin")
        await eventually(lambda: service.sockets)
        sending = asyncio.create_task(_send_for_ever(service.sockets[0]))
        await eventually(lambda: service.sockets[0].transport.get_write_buffer_size() > 0)
        before = await _unchanged(service.sockets[0])
        assert before > 0
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        socket.transport.abort()


async def _send_for_ever(socket: ServerConnection) -> None:
    while True:
        await socket.send("x" * 100_000)


async def _unchanged(socket: ServerConnection) -> int:
    """What waits to be sent, as soon as it is the same for a while."""
    sizes: list[int] = []

    def still() -> bool:
        sizes.append(socket.transport.get_write_buffer_size())
        return len(sizes) > 10 and len(set(sizes[-10:])) == 1

    await eventually(still)
    return sizes[-1]
