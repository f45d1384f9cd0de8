"""Serves an ASGI application on a free port of 127.0.0.1, in this process, with its lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from libs.common.serve import server_config


@asynccontextmanager
async def served(app: Any, *, port: int = 0) -> AsyncIterator[str]:
    """Yields the base URL, such as `http://127.0.0.1:40123`."""
    server = uvicorn.Server(server_config(app, port=port))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    if not server.started:
        raise RuntimeError("the application did not start")
    serving = asyncio.create_task(server.main_loop())
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        await server.shutdown()
