"""The gateway: the platform's only public door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from libs.common.application import describe_problems
from libs.common.problems import install_problem_handlers
from services.gateway.context import open_context
from services.gateway.dashboard import endpoints as dashboard
from services.gateway.documents import endpoints as documents
from services.gateway.edge import Edge
from services.gateway.health import endpoints as health
from services.gateway.pages import endpoints as pages
from services.gateway.settings import GatewaySettings
from services.gateway.tunnel.protocol import TunnelProtocol

NAME = "gateway"


class Gateway(FastAPI):
    """FastAPI for the gateway's own endpoints; every HTTP request passes the edge before it, every WebSocket by it."""

    edge: Edge | None = None
    socket_protocol = TunnelProtocol

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.edge is not None:
            await self.edge(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def answer_here(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by one of the gateway's own endpoints."""
        await super().__call__(scope, receive, send)


def create_app(settings: GatewaySettings) -> FastAPI:
    """The gateway over HTTP. Nothing is opened before its lifespan starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        app.state.draining = False
        async with open_context(settings, draining=lambda: bool(app.state.draining)) as context:
            gateway.edge = Edge(context.edge, gateway.answer_here)
            yield {"context": context}

    gateway = Gateway(title="StackPro", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    install_problem_handlers(gateway)
    for router in (dashboard.router, documents.router, health.router, pages.router):
        gateway.include_router(router)
    describe_problems(gateway)
    return gateway
