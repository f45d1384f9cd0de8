"""The whole gateway on a free port, before services that tests define."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from libs.common.security.jose import new_private_key
from libs.common.serve import listening_socket, server_config
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings, LimitSettings
from tests.services.gateway.raw import RawService, Received, answering, raw_service
from tests.support.identities import SERVICE_KEYS, jwks

NOWHERE = "http://127.0.0.1:1"


def gateway_settings(urls: Mapping[str, str], **changes: Any) -> GatewaySettings:
    """Settings for services at `urls`, by name; one that is not named is down."""
    patient = {"loop_lag_seconds": 60}  # one loop runs the gateway, what is behind it, and the test
    limits = LimitSettings(**patient | changes.pop("limits", {}))
    return GatewaySettings.model_validate(
        {
            "auth_url": urls.get("auth", NOWHERE),
            "billing_url": urls.get("billing", NOWHERE),
            "provisioner_url": urls.get("provisioner", NOWHERE),
            "messaging_url": urls.get("messaging", NOWHERE),
            "ai_url": urls.get("ai", NOWHERE),
            "service_private_key": SERVICE_KEYS.get("gateway") or new_private_key(),
            "limits": limits,
            **changes,
        }
    )


@asynccontextmanager
async def gateway_before(urls: Mapping[str, str], **changes: Any) -> AsyncIterator[tuple[str, FastAPI]]:
    """A running gateway: its URL and its application."""
    app = create_app(gateway_settings(urls, **changes))
    async with served_publicly(app) as url:
        yield url, app


@asynccontextmanager
async def served_publicly(app: FastAPI) -> AsyncIterator[str]:
    """Serves as the gateway is served in production, but on a free port and without signals."""
    config = server_config(app, public=True)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with listening_socket("127.0.0.1", 0) as listener:
        await server.startup(sockets=[listener])
        serving = asyncio.create_task(server.main_loop())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
            await server.shutdown(sockets=[listener])


@asynccontextmanager
async def gateway_before_one(**changes: Any) -> AsyncIterator[tuple[str, RawService]]:
    """A running gateway in front of one plain service that stands for all three and has the tests' key set."""
    keys = answering(json.dumps({"keys": await jwks()}).encode())
    plain = answering(b'{"ok":true}')

    async def behave(received: Received, writer: Any) -> None:
        await (keys if "jwks.json" in received.line else plain)(received, writer)

    async with (
        raw_service(behave) as service,
        gateway_before(dict.fromkeys(("auth", "billing", "provisioner"), service.url), **changes) as (url, _),
    ):
        yield url, service
