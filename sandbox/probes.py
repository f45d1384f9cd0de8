"""Finding out that a child is ready: ready-made probes, and waiting for the first of several."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from sandbox.children import Probe

_PAUSE = 0.02


def http_ready(url: str) -> Probe:
    """Ready when a GET of `url` (http, on this machine) is answered with 200."""
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()

    async def probe() -> bool:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(request)
            status_line = await reader.readline()
        finally:
            writer.close()
            await writer.wait_closed()
        return status_line.split(b" ")[1:2] == [b"200"]

    return probe


def tcp_ready(port: int) -> Probe:
    """Ready when 127.0.0.1:`port` accepts a connection."""

    async def probe() -> bool:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
        return True

    return probe


def first_ready(
    probes: Mapping[str, Probe], *, interrupted: Callable[[], bool], at_most: float | None
) -> frozenset[str]:
    """Names of the probes that succeeded first; empty after `at_most` seconds (None: no limit) or when `interrupted`.

    Opens and closes an event loop of its own, so that the caller may fork before and after.
    """
    return asyncio.run(_first_ready(probes, interrupted, at_most))


async def _first_ready(
    probes: Mapping[str, Probe], interrupted: Callable[[], bool], at_most: float | None
) -> frozenset[str]:
    tasks = {asyncio.create_task(_until_true(probe)): name for name, probe in probes.items()}
    watch = asyncio.create_task(_until_true(interrupted))
    done, unfinished = await asyncio.wait({*tasks, watch}, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
    for task in done:
        task.result()
    return frozenset(tasks[task] for task in done if task in tasks)


async def _until_true(probe: Probe) -> None:
    while not await _holds(probe):  # noqa: ASYNC110  what is probed is another process
        await asyncio.sleep(_PAUSE)


async def _holds(probe: Probe) -> bool:
    try:
        answer = probe()
        return await answer if inspect.isawaitable(answer) else answer
    except OSError:
        return False
