"""Serves an application over HTTP and ends it gently: unready first, then no new connections, then the end."""

import asyncio
import signal
import socket

import structlog
import uvicorn
from starlette.applications import Starlette

from libs.common.head_guard import GuardedProtocol

logger = structlog.get_logger()
FINISH_SECONDS = 30


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 picks a free one.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def server_config(app: Starlette, *, public: bool = False) -> uvicorn.Config:
    """How applications are served. A `public` one bounds request heads and believes no `X-Forwarded-For`.

    By default uvicorn takes the caller's address from that header wherever the peer is 127.0.0.1.
    """
    return uvicorn.Config(
        app,
        loop="none",
        http=GuardedProtocol if public else "httptools",
        proxy_headers=not public,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
        h11_max_incomplete_event_size=16_384,
    )


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
