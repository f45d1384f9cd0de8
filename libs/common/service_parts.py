"""Opens the parts that every service has. A service's `open_context` calls this and adds its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

from libs.common.access_mode import AccessModes
from libs.common.clock import Clock, open_clock
from libs.common.database import Database
from libs.common.paging import Cursors
from libs.common.security.assertions import AssertionSigner, AssertionVerifier
from libs.common.security.jose import InvalidToken
from libs.common.security.tokens import AccessTokenVerifier, FetchJwks
from libs.common.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class ServiceParts:
    """The parts; their names are those of `ServiceContext`."""

    database: Database
    clock: Clock
    cursors: Cursors
    tokens: AccessTokenVerifier
    assertions: AssertionVerifier
    access_modes: AccessModes
    signer: AssertionSigner


@asynccontextmanager
async def open_parts(
    name: str, settings: ServiceSettings, *, fetch_jwks: FetchJwks | None = None
) -> AsyncIterator[ServiceParts]:
    """Opens database, clock, cursors and verifiers. `fetch_jwks` replaces the fetch over HTTP (auth has the keys)."""
    database = Database(
        app_url=settings.database_url.get_secret_value(),
        system_url=settings.database_system_url.get_secret_value(),
        pool_size=settings.database_pool_size,
    )
    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=5) as client:
        try:
            yield ServiceParts(
                database=database,
                clock=open_clock(settings.clock_file),
                cursors=Cursors(settings.cursor_key.get_secret_value().encode()),
                tokens=AccessTokenVerifier(fetch_jwks or http_jwks(client, settings.jwks_url)),
                assertions=AssertionVerifier(name, settings.service_public_keys),
                access_modes=AccessModes(database),
                signer=AssertionSigner(name, settings.service_private_key.get_secret_value()),
            )
        finally:
            await database.aclose()


def http_jwks(client: httpx.AsyncClient, url: str) -> FetchJwks:
    """Fetches a JWK set over HTTP (RFC 7517 §5)."""

    async def fetch() -> list[Mapping[str, Any]]:
        try:
            response = await client.get(url)
            response.raise_for_status()
        except httpx.HTTPError:
            raise InvalidToken("the keys cannot be fetched") from None
        keys: list[Mapping[str, Any]] = response.json()["keys"]
        return keys

    return fetch
