"""Probes say when a server is ready, and one that hangs does not hold up the others."""

import asyncio

from sandbox.ports import free_port
from sandbox.probes import first_ready, http_ready, tcp_ready


async def answer(status_line: bytes) -> asyncio.Server:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(status_line + b"\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


async def holds(status_line: bytes) -> bool:
    async with await answer(status_line) as server:
        port = server.sockets[0].getsockname()[1]
        result = http_ready(f"http://127.0.0.1:{port}/readyz")()
        return result if isinstance(result, bool) else await result


async def test_http_is_ready_with_200_only() -> None:
    assert await holds(b"HTTP/1.1 200 OK")
    assert not await holds(b"HTTP/1.1 503 Service Unavailable")


def test_the_first_ready_one_is_told_while_another_hangs() -> None:
    async def hang() -> bool:
        return await asyncio.Event().wait()

    probes = {"hanging": hang, "refused": tcp_ready(free_port()), "ready": lambda: True}

    assert first_ready(probes, interrupted=lambda: False, at_most=None) == {"ready"}


def test_waiting_ends_at_the_limit_and_at_an_interruption() -> None:
    assert first_ready({"never": lambda: False}, interrupted=lambda: False, at_most=0.1) == frozenset()
    assert first_ready({"never": lambda: False}, interrupted=lambda: True, at_most=None) == frozenset()
