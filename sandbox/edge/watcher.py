"""Keeps the routing table as the emulated account is, by one long poll."""

import asyncio
from dataclasses import dataclass, field

import aiohttp
import structlog

from sandbox.edge.routing import RoutingTable, read_table

PAUSE = 0.5
POLL_TIMEOUT = aiohttp.ClientTimeout(total=40)
log = structlog.get_logger()


@dataclass
class RouteWatcher:
    """`table` is null until the emulated cloud answered for the first time."""

    cloud_url: str
    table: RoutingTable | None = None
    _version: int | None = field(default=None, init=False)

    async def watch(self, session: aiohttp.ClientSession) -> None:
        """Runs until it is cancelled. While the cloud is away the last table stays in force."""
        while True:
            try:
                await self._poll(session)
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                log.warning("sandbox.edge.cloud_unreachable", error=type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def _poll(self, session: aiohttp.ClientSession) -> None:
        since = {} if self._version is None else {"since": str(self._version)}
        url = f"{self.cloud_url}/_sandbox/routes"
        async with session.get(url, params=since, timeout=POLL_TIMEOUT) as reply:
            values = await reply.json()
        self.table = read_table(values["names"], values["rules"])
        self._version = int(values["version"])
