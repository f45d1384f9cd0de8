"""What all tunnels of one gateway share: where they lead, how many there may be, and how they end."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Protocol

from prometheus_client import Counter, Gauge

from libs.common.problems import Unavailable
from services.gateway.cors import Cors
from services.gateway.forwarding.pool import UpstreamPool
from services.gateway.limits.counter import SlidingCounter
from services.gateway.shedding import Shedder

WATCH_SECONDS = 0.25
MOVING_SHARE = 0.8
OPEN = Gauge("gateway_open_sockets", "WebSockets that are open through this gateway.")
OPENED = Counter(
    "gateway_socket_openings_total", "Requests to open a WebSocket, by the status of the answer.", ["status"]
)


class TooManySockets(Unavailable):
    code = "too_many_connections"
    default_detail = "Too many sockets are being opened at the moment. Wait as long as `Retry-After` says."


class Tunnel(Protocol):
    """An open tunnel."""

    def end(self) -> None:
        """Tells the client to come back, and closes."""


class Tunnels:
    """`draining` says whether the gateway is about to end; it then has `drain_seconds` left."""

    def __init__(
        self,
        pool: UpstreamPool,
        *,
        cors: Cors,
        shedder: Shedder,
        by_address: SlidingCounter,
        most: int,
        trusted_proxies: int,
        drain_seconds: float,
        draining: Callable[[], bool],
    ) -> None:
        self.pool = pool
        self.cors = cors
        self.shedder = shedder
        self.trusted_proxies = trusted_proxies
        self._by_address = by_address
        self._most = most
        self._drain_seconds = drain_seconds
        self._draining = draining
        self._open: set[Tunnel] = set()

    def admit(self, address: str) -> None:
        """Counts a tunnel that is to be opened, as a request that waits for its answer.

        Raises:
            Unavailable: the gateway ends. TooManySockets, Overloaded
        """
        if self._draining():
            raise Unavailable("This gateway is shutting down. Come again.", retry_after=1)
        if len(self._open) >= self._most:
            raise TooManySockets(retry_after=5)
        verdict = self._by_address.hit(address, time.time())
        if not verdict.allowed:
            raise TooManySockets(retry_after=verdict.reset)
        self.shedder.enter(shed_last=False)

    def opened(self, tunnel: Tunnel) -> None:
        self._open.add(tunnel)
        OPEN.inc()

    def ended(self, tunnel: Tunnel) -> None:
        if tunnel in self._open:
            self._open.remove(tunnel)
            OPEN.dec()

    async def watch(self) -> None:
        """Waits until the gateway drains, then ends all tunnels, each at a moment of its own."""
        while not self._draining():  # noqa: ASYNC110  # whoever drains sets a flag and rings nobody
            await asyncio.sleep(WATCH_SECONDS)
        loop = asyncio.get_running_loop()
        for tunnel in list(self._open):
            after = random.uniform(0, self._drain_seconds * MOVING_SHARE)  # noqa: S311  # spreads clients
            loop.call_later(after, tunnel.end)
