"""Runs an ASGI application on a free port inside the test process, as real clients reach it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from tests.support.eventually import eventually


def listening_socket() -> tuple[socket.socket, str]:
    """A bound socket of 127.0.0.1 and its URL, so that the address is known before the application is made."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def served(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Serves `app` on the socket until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await eventually(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        await running
        listener.close()
