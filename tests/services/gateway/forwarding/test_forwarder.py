"""Requests and answers pass as streams, whatever either side does."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from services.gateway.forwarding.forwarder import ForwardingLimits
from services.gateway.forwarding.pool import PoolLimits
from tests.services.gateway.forwarding.forwarding_app import forwarding_to
from tests.services.gateway.raw import Received, answering, exchange, raw_service
from tests.support.eventually import eventually


async def test_a_request_and_its_answer_pass_whole() -> None:
    async with (
        raw_service(answering(b'{"ok":1}', headers="etag: abc\r\n")) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.post("/v1/things?a=b%20c", content=b"payload", headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b'{"ok":1}', "abc")
    (received,) = service.requests
    assert received.line == "POST /v1/things?a=b%20c HTTP/1.1"
    assert (received.body, received.header("content-length")) == (b"payload", "7")
    assert received.header("idempotency-key") == "k"
    assert received.header("host") == service.url.removeprefix("http://")


async def test_connections_are_used_again() -> None:
    async with (
        raw_service(answering()) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        for _ in range(5):
            assert (await client.get("/")).status_code == 200
    assert service.connections == 1


async def test_a_body_of_unknown_length_is_streamed_in_chunks() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for index in range(50):
            yield b"%04d" % index * 1000
            await asyncio.sleep(0)

    async with (
        raw_service(answering()) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        assert (await client.put("/", content=pieces())).status_code == 200
    assert service.requests[0].body == b"".join(b"%04d" % index * 1000 for index in range(50))
    assert service.requests[0].header("transfer-encoding") == "chunked"


async def test_events_reach_the_client_one_by_one_as_they_are_sent() -> None:
    go_on = asyncio.Event()

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.write(b"9\r\ndata: 1\n\n\r\n")
        await go_on.wait()
        writer.write(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
        client.stream("GET", "/events") as answer,
    ):
        events = answer.aiter_raw()
        assert await anext(events) == b"data: 1\n\n"
        go_on.set()
        assert await anext(events) == b"data: 2\n\n"


async def test_a_client_that_goes_away_ends_the_stream_at_the_service() -> None:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
        await received.reader.read()  # returns when the connection ends
        received.gone.set()

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _):
        async with httpx.AsyncClient(base_url=url) as client, client.stream("GET", "/events") as answer:
            await anext(answer.aiter_raw())
        async with asyncio.timeout(5):
            await service.requests[0].gone.wait()


async def test_a_client_that_goes_away_before_the_answer_ends_the_request_at_the_service() -> None:
    async def behave(received: Received, _writer: asyncio.StreamWriter) -> None:
        await received.reader.read()
        received.gone.set()

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, pool):
        async with httpx.AsyncClient(base_url=url) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/slow", timeout=0.3)
        async with asyncio.timeout(5):
            await service.requests[0].gone.wait()
        await eventually(lambda: pool.state.startswith("0 active"))
        assert "closed" in pool.state  # the client's fault is not held against the service


async def test_a_slow_client_slows_the_service_instead_of_filling_memory() -> None:
    sent = 0

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 100_000

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _):
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.read(10)
        last = -1
        async with asyncio.timeout(10):
            while last != sent:  # until nothing moves any more
                last = sent
                await asyncio.sleep(0.3)  # to see that nothing comes any more there is only waiting
        writer.close()
    assert sent < 30_000_000


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_an_answer_without_a_body_ends_at_its_head(status: str) -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        length = b"content-length: 20\r\n" if status.startswith("304") else b""
        writer.write(b"HTTP/1.1 " + status.encode() + b"\r\n" + length + b"etag: x\r\n\r\n")

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        for _ in range(2):
            answer = await client.get("/")
            assert (answer.status_code, answer.content) == (int(status[:3]), b"")
    assert service.connections == 1


async def test_head_returns_the_length_without_a_body() -> None:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        body = b"" if received.line.startswith("HEAD") else b"x" * 20
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n" + body)

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        head = await client.head("/")
        assert (head.status_code, head.headers["content-length"], head.content) == (200, "20", b"")
        assert (await client.get("/")).content == b"x" * 20
    assert service.connections == 1


async def test_an_interim_answer_is_not_the_answer() -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _), httpx.AsyncClient() as client:
        answer = await client.get(url)
    assert (answer.status_code, answer.content, "link" in answer.headers) == (200, b"ok", False)


async def test_a_body_that_ends_with_the_connection_passes_whole() -> None:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        writer.close()

    async with raw_service(behave) as service, forwarding_to(service.url) as (url, _), httpx.AsyncClient() as client:
        assert (await client.get(url)).content == b"until the end"


async def test_hop_by_hop_headers_end_at_the_gateway_in_both_directions() -> None:
    headers = (
        "connection: keep-alive, x-inner\r\nx-inner: 1\r\nkeep-alive: timeout=9\r\nserver: secret/1\r\nx-kept: 1\r\n"
    )
    async with raw_service(answering(headers=headers)) as service, forwarding_to(service.url) as (url, _):
        answer = await exchange(
            url,
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Private\r\nX-Private: 1\r\nTE: trailers\r\n"
            b"Proxy-Authorization: secret\r\nX-Forwarded-For: 203.0.113.9\r\nX-Request-Id: forged\r\nX-Kept: 1\r\n\r\n",
        )
    received = service.requests[0]
    for name in ("connection", "x-private", "te", "proxy-authorization", "x-request-id"):
        assert received.header(name) is None
    assert (received.header("x-forwarded-for"), received.header("x-kept")) == ("192.0.2.7", "1")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"x-kept" in head
    for ended in (b"x-inner", b"keep-alive:", b"old/1"):
        assert ended not in head


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: +4\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: 4\r\n X-Folded: 1\r\n",
    ],
)
async def test_a_body_framed_in_two_ways_is_refused_and_never_forwarded(framing: bytes) -> None:
    smuggled = b"0\r\n\r\nGET /internal/secret HTTP/1.1\r\nHost: a\r\n\r\n"
    async with raw_service(answering()) as service, forwarding_to(service.url) as (url, _):
        answer = await exchange(
            url, b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + framing + b"\r\n" + smuggled
        )
    assert answer.startswith(b"HTTP/1.1 400")
    assert not [received for received in service.requests if "internal" in received.line]


async def test_a_second_answer_to_one_request_poisons_nobody() -> None:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        extra = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison" if "first" in received.line else b""
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + extra)

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        assert (await client.get("/first")).content == b"ok"
        assert (await client.get("/second")).content == b"ok"
    assert [received.connection for received in service.requests] == [1, 2]


async def test_bytes_that_come_after_an_answer_are_never_taken_for_the_next_one() -> None:
    answered = asyncio.Event()

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        if "first" in received.line:
            await answered.wait()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison")

    async with (
        raw_service(behave) as service,
        forwarding_to(service.url, pool_limits=PoolLimits(idle_seconds=60)) as (url, pool),
        httpx.AsyncClient(base_url=url) as client,
    ):
        assert (await client.get("/first")).content == b"ok"
        answered.set()
        await eventually(lambda: "0 idle" in pool.state)
        assert (await client.get("/second")).content == b"ok"
    assert [received.connection for received in service.requests] == [1, 2]


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent_on() -> None:
    async with (
        raw_service(answering()) as service,
        forwarding_to(service.url, limits=ForwardingLimits(body_bytes=1000)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.post("/", content=b"x" * 2_097_152)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert service.requests == []


async def test_a_body_that_turns_out_too_large_is_cut_off() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000
            await asyncio.sleep(0)

    async with (
        raw_service(answering()) as service,
        forwarding_to(service.url, limits=ForwardingLimits(body_bytes=100_000)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.post("/", content=pieces())
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        assert all(not received.body.endswith(b"x" * 400_000) for received in service.requests)


async def test_a_trickled_body_is_refused_in_time() -> None:
    async with (
        raw_service(answering()) as service,
        forwarding_to(service.url, limits=ForwardingLimits(body_seconds=0.3)) as (url, _),
    ):
        answer = await exchange(url, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"request_timeout"' in answer
    assert b"connection: close" in answer


async def test_an_answer_before_the_end_of_the_body_is_passed_on() -> None:
    async with (
        raw_service(answering(b"no", status="422 Unprocessable Content"), reads_bodies=False) as service,
        forwarding_to(service.url) as (url, _),
    ):
        begun = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100000\r\n\r\nonly the beginning"
        assert (await exchange(url, begun)).startswith(b"HTTP/1.1 422")
