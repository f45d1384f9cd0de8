"""What the gateway does when a service is slow, breaks off, talks nonsense or is down."""

import asyncio

import httpx
import pytest

from services.gateway.forwarding.forwarder import ForwardingLimits
from services.gateway.forwarding.pool import PoolLimits
from tests.services.gateway.forwarding.forwarding_app import forwarding_to
from tests.services.gateway.raw import Received, answering, raw_service
from tests.support.eventually import eventually


async def test_a_service_that_is_silent_costs_504_in_time() -> None:
    async def behave(received: Received, _writer: asyncio.StreamWriter) -> None:
        await received.reader.read()

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url, limits=ForwardingLimits(answer_seconds=0.3)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (504, "gateway_timeout")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_stream_may_last_longer_than_an_answer_may_take_to_begin() -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(8):
            writer.write(b"2\r\nab\r\n")
            await asyncio.sleep(0.1)
        writer.write(b"0\r\n\r\n")

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url, limits=ForwardingLimits(answer_seconds=0.3)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        assert (await client.get("/")).content == b"ab" * 8


async def test_an_answer_that_breaks_off_is_seen_to_be_incomplete() -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _), httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(url)


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", b""])
async def test_what_is_no_answer_costs_502(garbage: bytes) -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        await writer.drain()
        writer.close()

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _), httpx.AsyncClient() as client:
        answer = await client.get(url)
    assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
    assert "retry-after" in answer.headers


async def _answers_once_then_hangs_up(received: Received, writer: asyncio.StreamWriter) -> None:
    """The first request of each connection is answered; at the second the connection ends without a byte."""
    if received.line.split()[1] == "/first" or received.connection > 1:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    else:
        writer.close()


async def test_a_read_on_a_stale_connection_is_tried_again_on_a_new_one() -> None:
    async with (
        raw_service(_answers_once_then_hangs_up) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        await client.get("/first")
        assert (await client.get("/again")).content == b"ok"
    assert [received.connection for received in service.requests] == [1, 1, 2]


async def test_a_write_on_a_stale_connection_is_not_sent_twice() -> None:
    async with (
        raw_service(_answers_once_then_hangs_up) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        await client.get("/first")
        assert (await client.post("/again", content=b"pay")).status_code == 502
    assert len(service.requests) == 2


async def test_a_service_that_is_down_is_left_alone_and_found_again() -> None:
    async with raw_service(answering()) as service:
        address = service.url
    limits = PoolLimits(circuit_failures=2, circuit_seconds=0.4)
    async with (
        forwarding_to(address, pool_limits=limits) as (url, pool),
        httpx.AsyncClient(base_url=url) as client,
    ):
        for _ in range(3):
            answer = await client.get("/")
            assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert "open" in pool.state
        port = int(address.rpartition(":")[2])
        again = await asyncio.start_server(service.handle, "127.0.0.1", port)
        try:

            async def answered() -> bool:
                return (await client.get("/")).status_code == 200

            await eventually(answered)
            assert "closed" in pool.state
        finally:
            again.close()
            await service.end()


async def test_no_more_connections_are_opened_than_allowed() -> None:
    go_on = asyncio.Event()

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url, pool_limits=PoolLimits(connections=2, wait_seconds=0.3)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        waiting = [asyncio.create_task(client.get("/")) for _ in range(2)]
        await eventually(lambda: len(service.requests) == 2)
        refused = await client.get("/")
        assert (refused.status_code, refused.json()["code"]) == (503, "service_busy")
        go_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
        assert (await client.get("/")).status_code == 200
    assert service.connections == 2
