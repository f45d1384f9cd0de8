"""A load generator in one uvloop process: one request after another on each connection, answers counted by length.

It does little enough for each answer (find the end of the head, compare a length) that the measured program is what
limits: against the bench's own upstream it reaches several times what either proxy does. It runs as a child process,
so that its caller's memory and threads do not disturb it.
"""

import argparse
import asyncio
import json
import subprocess
import time
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median, quantiles
from typing import cast

import uvloop

from bench.support.processes import ROOT, python_module


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """Latencies are in milliseconds; `failed` are answers that were not 200, and lost connections."""

    requests: int
    failed: int
    per_second: float
    p50_ms: float
    p99_ms: float


def measure(
    port: int, *, path: str, connections: int, seconds: float, rate: float | None = None, token: str | None = None
) -> LoadResult:
    """Loads 127.0.0.1:`port` in a process of its own; with `rate`, that many requests a second, evenly spaced."""
    command = python_module("bench.support.load", str(port), path, str(connections), str(seconds))
    if rate is not None:
        command += ["--rate", str(rate)]
    if token is not None:
        command += ["--token", token]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds + 30)
    return LoadResult(**json.loads(done.stdout))


class _Client(asyncio.Protocol):
    """One connection. With a rate, requests are due at fixed instants and their wait for the connection counts."""

    def __init__(self, request: bytes, until: float, *, every: float | None, first: float) -> None:
        self._request = request
        self._until = until
        self._every = every
        self._due = first
        self._buffer = b""
        self._expected = 0
        self.latencies: list[float] = []
        self.failed = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        now = time.perf_counter()
        if now >= self._until:
            self._transport.close()
        elif self._every is None:
            self._send(now)
        elif now >= self._due:
            self._send(self._due)
            self._due += self._every
        else:
            asyncio.get_running_loop().call_later(self._due - now, self._next)

    def _send(self, started: float) -> None:
        self._started = started
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._expected:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            at = head.index(b"content-length:") + 15
            self._expected = end + 4 + int(head[at:].partition(b"\r\n")[0])
            self.failed += not head.startswith(b"http/1.1 200")
        if len(self._buffer) >= self._expected:
            self.latencies.append(time.perf_counter() - self._started)
            self._buffer, self._expected = b"", 0
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self.failed += time.perf_counter() < self._until
        self.done.set_result(None)


def _same(client: _Client) -> _Client:
    return client


async def _load(port: int, request: bytes, *, connections: int, seconds: float, rate: float | None) -> LoadResult:
    loop = asyncio.get_running_loop()
    started = time.perf_counter() + 0.05
    every = None if rate is None else connections / rate
    clients = []
    for index in range(connections):
        first = started + (every or 0) * index / connections
        client = _Client(request, started + seconds, every=every, first=first)
        await loop.create_connection(partial(_same, client), "127.0.0.1", port)
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    latencies = [latency * 1000 for client in clients for latency in client.latencies]
    return LoadResult(
        requests=len(latencies),
        failed=sum(client.failed for client in clients),
        per_second=len(latencies) / seconds,
        p50_ms=median(latencies),
        p99_ms=quantiles(latencies, n=100)[98],
    )


def main() -> None:
    """Loads and prints the result as JSON."""
    parser = argparse.ArgumentParser(description="Load one address and print what was measured.")
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--token")
    given = parser.parse_args()
    authorization = f"Authorization: Bearer {given.token}\r\n" if given.token else ""
    head = f"GET {given.path} HTTP/1.1\r\nHost: 127.0.0.1:{given.port}\r\nAccept: */*\r\n{authorization}\r\n"
    result = uvloop.run(
        _load(given.port, head.encode(), connections=given.connections, seconds=given.seconds, rate=given.rate)
    )
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
