"""What comes before a body is bounded in size and time, and every refusal is a problem document."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from libs.common.head_guard import MAX_HEAD_BYTES, GuardedProtocol
from libs.common.serve import listening_socket, server_config


class _Impatient(GuardedProtocol):
    head_seconds = 0.2


@asynccontextmanager
async def _served() -> AsyncIterator[int]:
    app = FastAPI()

    @app.get("/")
    async def root() -> str:
        return "here"

    config = server_config(app, public=True)
    config.http = _Impatient
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with listening_socket("127.0.0.1", 0) as listener:
        await server.startup(sockets=[listener])
        serving = asyncio.create_task(server.main_loop())
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving
            await server.shutdown(sockets=[listener])


async def _answer(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)  # so that the pieces arrive one by one
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


async def test_a_head_within_the_limits_is_served() -> None:
    async with _served() as port:
        answer = await _answer(port, b"GET / HT", b"TP/1.1\r\nHost: a\r\n", b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b'"here"')


@pytest.mark.parametrize("beginning", [b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: xxx", b"", b"GET /xxx"])
async def test_a_head_that_does_not_come_to_its_end_is_refused_in_time(beginning: bytes) -> None:
    async with _served() as port:
        answer = await _answer(port, beginning)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"request_timeout"' in answer


@pytest.mark.parametrize("pieces", [1, 5])
async def test_a_head_of_too_many_bytes_is_refused(pieces: int) -> None:
    part = b"x" * (MAX_HEAD_BYTES // pieces + 100)
    async with _served() as port:
        answer = await _answer(port, b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + part, *[part] * (pieces - 1))
    assert answer.startswith(b"HTTP/1.1 431")
    assert b"application/problem+json" in answer


async def test_a_head_of_too_many_headers_is_refused() -> None:
    lines = b"".join(b"X-%d: 1\r\n" % index for index in range(200))
    async with _served() as port:
        answer = await _answer(port, b"GET / HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 431")


async def test_what_is_no_request_is_answered_with_a_problem_document() -> None:
    async with _served() as port:
        answer = await _answer(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"code":"bad_request"' in answer
