"""The servers of the gateway bench: the upstream that both proxies forward to, and our two gateways."""

import argparse
import asyncio
import json
import time
from typing import cast
from uuid import uuid4

import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.ids import new_id
from libs.common.security.jose import SigningKey, new_private_key
from libs.common.security.tokens import AccessToken, sign_access_token
from libs.common.serve import listening_socket, serve
from libs.common.telemetry import configure_logging
from services.gateway.app import create_app
from services.gateway.forwarding.forwarder import Forwarder
from services.gateway.forwarding.pool import UpstreamPool
from services.gateway.settings import GatewaySettings, LimitSettings

NO_LIMIT = 1_000_000_000


def token_and_jwks() -> tuple[str, str]:
    """An access token and the key set that verifies it, as JSON."""
    key = SigningKey(new_private_key())
    token = AccessToken(
        user_id=new_id(),
        tenant_id=uuid4(),
        role="owner",
        scope=frozenset({"tenant:read", "stack:read", "deployment:read", "billing:read"}),
        session_id=new_id(),
        token_id=new_id(),
        expires_at=int(time.time()) + 3600,
    )
    return sign_access_token(token, key), json.dumps({"keys": [key.public_jwk]})


class Upstream(asyncio.Protocol):
    """Answers every request with 1 KB of JSON, or with the key set; it parses nothing else."""

    def __init__(self, jwks: bytes) -> None:
        body = b'{"value":"' + b"x" * 1012 + b'"}'
        self._answer = _answer(body)
        self._jwks = _answer(jwks)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(self._jwks if data.startswith(b"GET /.well-known") else self._answer)


def _answer(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    return head + body


async def serve_upstream(port: int, jwks: str) -> None:
    """Runs the upstream until it is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Upstream(jwks.encode()), "127.0.0.1", port)
    await server.serve_forever()


def bare_app(upstream: str) -> ASGIApp:
    """The forwarding path alone."""
    pool: UpstreamPool | None = None
    forwarder = Forwarder()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal pool
        if pool is None:
            pool = UpstreamPool("upstream", upstream)
        await forwarder.forward(pool, [b"x-forwarded-for: 127.0.0.1\r\n"], scope, receive, send)

    return app


async def serve_bare(port: int, upstream: str) -> None:
    """Runs the bare gateway on the same server as the full one."""
    config = uvicorn.Config(
        bare_app(upstream),
        host="127.0.0.1",
        port=port,
        loop="none",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


async def serve_full(port: int, upstream: str) -> None:
    """Runs the gateway as it is in production: token check, ids, limits (counted here, not refusing), access log."""
    configure_logging("gateway")
    settings = GatewaySettings.model_validate(
        {
            "auth_url": upstream,
            "billing_url": upstream,
            "provisioner_url": upstream,
            "messaging_url": upstream,
            "ai_url": upstream,
            "service_private_key": new_private_key(),
            "limits": LimitSettings(address_requests=NO_LIMIT, tenant_requests=NO_LIMIT),
        }
    )
    await serve(create_app(settings), listening_socket("127.0.0.1", port), drain_seconds=0, public=True)


def main() -> None:
    """Runs one of them."""
    parser = argparse.ArgumentParser(description="Serve one part of the gateway bench.")
    parser.add_argument("which", choices=("upstream", "bare", "full"))
    parser.add_argument("port", type=int)
    parser.add_argument("argument", help="the key set for the upstream, the upstream's URL for the gateways")
    given = parser.parse_args()
    run = {"upstream": serve_upstream, "bare": serve_bare, "full": serve_full}[given.which]
    uvloop.run(run(given.port, given.argument))


if __name__ == "__main__":
    main()
