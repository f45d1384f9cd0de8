"""How the platform's parts are: asked at most every two seconds, however often somebody looks."""

import asyncio
from collections.abc import Awaitable, Mapping
from time import monotonic

import httpx
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from libs.common.http_client import ServiceHttp
from libs.common.operations import ServiceHealth
from libs.common.problems import Problem

FRESH_SECONDS = 2.0
PART_SECONDS = 2.0
OK = "ok"


class PartHealth(BaseModel):
    """One part: `ok` or what is wrong, and for a service its dependencies and connection pools."""

    status: str
    dependencies: dict[str, str] = {}
    pools: dict[str, str] = {}

    @property
    def is_well(self) -> bool:
        return self.status == OK and all(state == OK for state in self.dependencies.values())


class Health(BaseModel):
    """`status` is `ok`, or `degraded` when any part is not."""

    status: str
    parts: dict[str, PartHealth]


class HealthView:
    """Asks each service for its readiness and its own view, within `seconds`, and Valkey whether it answers."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        urls: Mapping[str, str],
        services: Mapping[str, ServiceHttp],
        valkey: Redis | None,
        *,
        seconds: float = PART_SECONDS,
    ) -> None:
        self._http = http
        self._urls = urls
        self._services = services
        self._valkey = valkey
        self._seconds = seconds
        self._asking = asyncio.Lock()
        self._seen: tuple[float, Health] | None = None

    async def health(self) -> Health:
        """The view, at most two seconds old."""
        async with self._asking:
            if self._seen is None or monotonic() - self._seen[0] > FRESH_SECONDS:
                found = await self._ask()
                # Stamped after the asking, so that whoever waited for a slow one is answered by it.
                self._seen = (monotonic(), found)
            return self._seen[1]

    async def _ask(self) -> Health:
        asked: dict[str, Awaitable[PartHealth]] = {name: self._service(name) for name in self._urls}
        if self._valkey is not None:
            asked["valkey"] = _valkey_health(self._valkey)
        parts = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
        return Health(status=OK if all(part.is_well for part in parts.values()) else "degraded", parts=parts)

    async def _service(self, name: str) -> PartHealth:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._service_health(name)
        except TimeoutError:
            return PartHealth(status="does not answer in time")

    async def _service_health(self, name: str) -> PartHealth:
        try:
            ready = await self._http.get(f"{self._urls[name]}/readyz")
        except httpx.HTTPError as error:
            return PartHealth(status=f"does not answer: {type(error).__name__}")
        try:
            own = await self._services[name].get("/internal/operations/health", ServiceHealth)
        except Problem as problem:
            return PartHealth(status=f"does not tell its health: {problem.code}")
        status = OK if ready.status_code == 200 else f"not ready: {ready.status_code}"
        return PartHealth(status=status, dependencies=own.dependencies, pools=own.pools)


async def _valkey_health(valkey: Redis) -> PartHealth:
    try:
        await valkey.get("limits:health")
    except (RedisError, OSError) as error:
        return PartHealth(status=f"does not answer: {type(error).__name__}; limits are counted per process")
    return PartHealth(status=OK)
