"""Time limits on bodies and answers, against a real server."""

import asyncio

from starlette.types import Receive, Scope, Send

from libs.common.middleware.deadlines import DeadlineMiddleware
from tests.support.http_server import served


async def _endless(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.Event().wait()


async def _exchange(url: str, request: bytes) -> bytes:
    """Sends `request` and reads until the server closes or has answered in full."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        body = await reader.readexactly(int(length.split(b":")[1]))
    writer.close()
    return head + body


async def test_a_trickled_body_is_cut_off_with_a_problem() -> None:
    async with served(DeadlineMiddleware(_endless, body_seconds=0.2)) as url:
        answer = await _exchange(url, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\na")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"request_timeout"' in answer


async def test_an_answer_that_does_not_begin_in_time_is_a_problem() -> None:
    async with served(DeadlineMiddleware(_endless, answer_seconds=0.2)) as url:
        answer = await _exchange(url, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b'"code":"deadline_exceeded"' in answer
