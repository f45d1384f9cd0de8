"""The gateway's open parts, one object per process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from libs.common.http_client import ServiceHttp
from libs.common.problems import Unavailable
from libs.common.security.assertions import AssertionSigner
from libs.common.security.tokens import AccessTokenVerifier, FetchJwks
from libs.contracts.auth import AuthClient
from libs.contracts.billing import BillingClient
from libs.contracts.provisioner import ProvisionerClient
from services.gateway.cors import Cors
from services.gateway.documents.service import Documents
from services.gateway.edge import EdgeParts
from services.gateway.forwarding.forwarder import Forwarder, ForwardingLimits
from services.gateway.forwarding.pool import PoolLimits, UpstreamPool
from services.gateway.health.service import HealthView
from services.gateway.limits.counter import Policy, SlidingCounter
from services.gateway.limits.limiter import Limiter
from services.gateway.limits.settling import keep_settling
from services.gateway.routes import RouteTable
from services.gateway.settings import GatewaySettings, LimitSettings
from services.gateway.shedding import Shedder
from services.gateway.tunnel.tunnels import Tunnels


@dataclass(frozen=True, kw_only=True)
class GatewayContext:
    """What the gateway's own endpoints use."""

    settings: GatewaySettings
    edge: EdgeParts
    auth: AuthClient
    billing: BillingClient
    provisioner: ProvisionerClient
    documents: Documents
    health: HealthView
    tunnels: Tunnels


@asynccontextmanager
async def open_context(
    settings: GatewaySettings, *, draining: Callable[[], bool] = lambda: False
) -> AsyncIterator[GatewayContext]:
    """Opens pools, clients and Valkey; closes them in reverse. No service needs to be up for it."""
    signer = AssertionSigner("gateway", settings.service_private_key.get_secret_value())
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(transport=AiohttpTransport(), timeout=3))
        pools = {
            name: UpstreamPool(name, url, limits=PoolLimits(connections=settings.limits.upstream_connections))
            for name, url in settings.service_urls().items()
        }
        services = {name: ServiceHttp(name, url, signer, timeout=2) for name, url in settings.service_urls().items()}
        for pool in pools.values():
            stack.push_async_callback(pool.aclose)
        for service in services.values():
            stack.push_async_callback(service.aclose)
        valkey = _open_valkey(settings)
        if valkey is not None:
            stack.push_async_callback(valkey.aclose)
        edge = _edge_parts(settings, pools, http)
        tunnels = _tunnels(settings, edge, draining)
        async with _running(edge.shedder.watch(), tunnels.watch(), *_settling(edge.limiter, valkey)):
            yield GatewayContext(
                settings=settings,
                edge=edge,
                auth=AuthClient(services["auth"]),
                billing=BillingClient(services["billing"]),
                provisioner=ProvisionerClient(services["provisioner"]),
                documents=Documents(http, settings.service_urls()),
                health=HealthView(http, settings.service_urls(), services, valkey),
                tunnels=tunnels,
            )


def gateway_context(connection: HTTPConnection) -> GatewayContext:
    """The context inside a request; a dependency of the gateway's endpoints."""
    context = connection.scope["state"]["context"]
    if not isinstance(context, GatewayContext):
        raise TypeError("this application is not the gateway")
    return context


def _edge_parts(settings: GatewaySettings, pools: Mapping[str, UpstreamPool], http: httpx.AsyncClient) -> EdgeParts:
    limits = settings.limits
    jwks_url = settings.jwks_url or f"{settings.auth_url}/.well-known/jwks.json"
    return EdgeParts(
        pools=pools,
        forwarder=Forwarder(_forwarding_limits(limits)),
        routes=RouteTable(),
        tokens=AccessTokenVerifier(_jwks(http, jwks_url)),
        limiter=Limiter(
            address=Policy(name="address", quota=limits.address_requests, window=limits.window_seconds),
            tenant=Policy(name="tenant", quota=limits.tenant_requests, window=limits.window_seconds),
        ),
        shedder=Shedder(most_waiting=limits.waiting_requests, most_lag=limits.loop_lag_seconds),
        cors=Cors(settings.cors_origins),
        trusted_proxies=settings.trusted_proxies,
    )


def _tunnels(settings: GatewaySettings, edge: EdgeParts, draining: Callable[[], bool]) -> Tunnels:
    limits = settings.limits
    by_address = Policy(name="address_sockets", quota=limits.address_sockets, window=limits.window_seconds)
    return Tunnels(
        edge.pools["messaging"],
        cors=edge.cors,
        shedder=edge.shedder,
        by_address=SlidingCounter(by_address),
        most=limits.sockets,
        trusted_proxies=settings.trusted_proxies,
        drain_seconds=settings.drain_seconds,
        draining=draining,
    )


def _forwarding_limits(limits: LimitSettings) -> ForwardingLimits:
    return ForwardingLimits(
        body_bytes=limits.body_bytes,
        body_seconds=limits.body_seconds,
        answer_seconds=limits.answer_seconds,
        silence_seconds=limits.silence_seconds,
    )


def _jwks(http: httpx.AsyncClient, url: str) -> FetchJwks:
    async def fetch() -> list[Mapping[str, Any]]:
        try:
            answer = (await http.get(url)).raise_for_status()
        except httpx.HTTPError:
            # Not the caller's fault, so not a 401: a valid token would be thrown away for it.
            raise Unavailable("Access tokens cannot be checked at the moment. Try again soon.") from None
        keys: list[Mapping[str, Any]] = answer.json()["keys"]
        return keys

    return fetch


def _open_valkey(settings: GatewaySettings) -> Redis | None:
    if settings.valkey_url is None:
        return None
    return Redis.from_url(
        settings.valkey_url.get_secret_value(), socket_connect_timeout=1, socket_timeout=1, health_check_interval=15
    )


def _settling(limiter: Limiter, valkey: Redis | None) -> tuple[Any, ...]:
    return () if valkey is None else (keep_settling(limiter.counters, valkey),)


@asynccontextmanager
async def _running(*loops: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
