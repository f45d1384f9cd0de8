"""The connections to one service: reused while fresh, bounded in number, left alone while the service is down."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

from libs.common.circuit import Circuit, CircuitOpen
from services.gateway.forwarding.connection import UpstreamConnection
from services.gateway.forwarding.errors import NoFreeConnection, ServiceDown

AnyProtocol = TypeVar("AnyProtocol", bound=asyncio.Protocol)
TICK_SECONDS = 0.1
SLOW_AFTER_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class PoolLimits:
    """`idle_seconds` stays below the services' own keep-alive time (5 s), so that few reused connections are stale."""

    connections: int = 1000
    connect_seconds: float = 2
    wait_seconds: float = 1
    idle_seconds: float = 3.5
    circuit_failures: int = 5
    circuit_seconds: float = 2


class UpstreamPool:
    """Connections to the service `name` at `base_url` (http or https, no path). One per process and service."""

    def __init__(self, name: str, base_url: str, *, limits: PoolLimits | None = None) -> None:
        address = urlsplit(base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError(f"the address of {name} is not an http or https URL: {base_url}")
        self.name = name
        self._host = address.hostname
        self._port = address.port or (443 if address.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self.host_line = b"host: " + address.netloc.encode() + b"\r\n"
        self._limits = limits or PoolLimits()
        self.circuit = Circuit(threshold=self._limits.circuit_failures, cool_down=self._limits.circuit_seconds)
        self._idle: deque[UpstreamConnection] = deque()
        self._active: set[UpstreamConnection] = set()
        self._opening = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._ticking: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        """For the detailed health view."""
        circuit = "open" if self.circuit.is_open else "closed"
        return f"{len(self._active)} active, {len(self._idle)} idle, circuit {circuit}"

    async def acquire(self, *, fresh: bool = False) -> UpstreamConnection:
        """A connection for one exchange; a new one if `fresh`. Give it back with `release`.

        Raises:
            CircuitOpen, ServiceDown, NoFreeConnection
        """
        while self._idle and not fresh:
            connection = self._idle.pop()
            if not connection.closed:
                self._active.add(connection)
                return connection
        self._check_circuit()
        if len(self._active) + self._opening >= self._limits.connections:
            await self._wait_for_place()
        return await self._open()

    def release(self, connection: UpstreamConnection) -> None:
        """Takes the connection back; keeps it if its exchange ended well."""
        self._active.discard(connection)
        if connection.complete and connection.keep_alive and not connection.closed:
            connection.busy = False
            connection.on_slow = None
            connection.idle_since = monotonic()
            self._idle.append(connection)
        else:
            connection.close()
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                break

    async def connect_apart(self, protocol: asyncio.Protocol) -> None:
        """Connects `protocol` to the service, beside the pool: for what is no exchange of requests and answers.

        Raises:
            ServiceDown
        """
        self._check_circuit()
        await self._connect(lambda: protocol)

    def _check_circuit(self) -> None:
        try:
            self.circuit.check()
        except CircuitOpen:
            raise ServiceDown(retry_after=self._limits.circuit_seconds) from None

    async def _wait_for_place(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._limits.wait_seconds):
                await place
        except TimeoutError:
            raise NoFreeConnection from None

    async def _open(self) -> UpstreamConnection:
        self._opening += 1
        try:
            connection = await self._connect(UpstreamConnection)
        finally:
            self._opening -= 1
        self._active.add(connection)
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().create_task(self._watch())
        return connection

    async def _connect(self, protocol: Callable[[], AnyProtocol]) -> AnyProtocol:
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                _, connected = await asyncio.get_running_loop().create_connection(
                    protocol, self._host, self._port, ssl=self._tls
                )
        except (OSError, TimeoutError):
            self.circuit.failed()
            raise ServiceDown from None
        return connected

    async def _watch(self) -> None:
        """One timer for all exchanges: cheaper than one for each."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = monotonic()
            for connection in list(self._active):
                if not connection.busy:
                    continue
                if now > connection.deadline and not connection.complete:
                    connection.time_out()
                elif connection.on_slow is not None and now - connection.started > SLOW_AFTER_SECONDS:
                    on_slow, connection.on_slow = connection.on_slow, None
                    on_slow()
            while self._idle and (self._idle[0].closed or now - self._idle[0].idle_since > self._limits.idle_seconds):
                self._idle.popleft().close()

    async def aclose(self) -> None:
        """Closes all connections."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        for connection in [*self._idle, *self._active]:
            connection.close()
        self._idle.clear()
