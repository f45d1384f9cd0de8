"""Serves an application over HTTP and ends it gently: unready first, then no new connections, then the end."""

import asyncio
import gc
import logging
import signal
import socket
from typing import Protocol, runtime_checkable

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from libs.common.head_guard import GuardedProtocol

logger = structlog.get_logger()
FINISH_SECONDS = 30
MAX_SOCKET_FRAME = 65_536
PING_SECONDS, PONG_SECONDS = 25.0, 8.0


@runtime_checkable
class BringsProtocol(Protocol):
    """An application that answers WebSockets: by uvicorn's `websockets-sansio`, or by a protocol of its own.

    For any other, uvicorn needs no package for them: a request that asks for an upgrade is a plain one.
    """

    socket_protocol: type[asyncio.Protocol] | str


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 picks a free one.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def server_config(app: ASGIApp, *, public: bool = False, port: int = 0) -> uvicorn.Config:
    """How applications are served. A `public` one bounds request heads and believes no `X-Forwarded-For`.

    By default uvicorn takes the caller's address from that header wherever the peer is 127.0.0.1. WebSockets are
    uncompressed: a compressed frame can be a bomb, and costs memory for each connection. `port` counts only where no
    listening socket is given.
    """
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return uvicorn.Config(
        app,
        port=port,
        loop="none",
        log_level="warning",
        ws=app.socket_protocol if isinstance(app, BringsProtocol) else "none",
        ws_per_message_deflate=False,
        ws_max_size=MAX_SOCKET_FRAME,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        http=GuardedProtocol if public else "httptools",
        proxy_headers=not public,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
        h11_max_incomplete_event_size=16_384,
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Leaves out what a client did wrong and the application tells in a line of its own."""
    return not record.getMessage().startswith("Invalid UTF-8 sequence")


async def serve(app: Starlette, listener: socket.socket, *, drain_seconds: float, public: bool = False) -> None:
    """Serves until SIGTERM or SIGINT, then for `drain_seconds` more while `/readyz` says no."""
    server = _GentleServer(server_config(app, public=public), app, drain_seconds)
    await server.serve(sockets=[listener])


class _GentleServer(uvicorn.Server):
    """uvicorn without its own signal handling, so that draining comes before closing."""

    def __init__(self, config: uvicorn.Config, app: Starlette, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._draining: asyncio.Task[None] | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._begin_end)
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """What the application is made of stays: it is searched for garbage now, and not while people wait."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    def _begin_end(self) -> None:
        if self._draining is not None:
            self.force_exit = True
            return
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        logger.info("serve.draining", seconds=self._drain_seconds)
        self._app.state.draining = True
        await asyncio.sleep(self._drain_seconds)
        self.should_exit = True
