"""The emulated internet before the stacks: DNS and load balancer in one, by the records and rules of the account."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import escape

import aiohttp
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.edge.forwarding import AnswerBroken, TargetDown, forward
from sandbox.edge.routing import Target, host_name
from sandbox.edge.settings import EdgeSettings
from sandbox.edge.watcher import RouteWatcher
from sandbox.hosts.addresses import local_port

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<body style="font-family: system-ui; margin: 4rem"><h1>{title}</h1><p>{text}</p></body></html>
"""
OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
STOP_SECONDS = 3


def serve(settings: EdgeSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws="none",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    uvicorn.Server(config).run()


def create_app(settings: EdgeSettings) -> ASGIApp:
    """The edge as a plain ASGI application; `/readyz` of its own address tells whether it knows its routes."""
    edge = Edge(settings)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(edge, receive, send)
        elif scope["type"] == "http":
            await edge.answer(scope, receive, send)

    return application


class Edge:
    """Holds the routing table and the connections to the machines."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        self._watcher = RouteWatcher(settings.cloud_url)
        self._session: aiohttp.ClientSession | None = None
        self._turn = itertools.count()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follows the account's routes for as long as the edge lives."""
        timeout = aiohttp.ClientTimeout(sock_connect=2.0, sock_read=self._settings.answer_seconds, total=None)
        connector = aiohttp.TCPConnector(limit=0)
        # What a stack sends must pass unchanged: nothing unpacked, no cookies kept for others.
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as session:
            self._session = session
            watching = asyncio.create_task(self._watcher.watch(session))
            try:
                yield
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                self._session = None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = host_name(_header(scope, b"host"))
        table = self._watcher.table
        if name in OWN_NAMES and scope["path"] == "/readyz":
            await _page(send, 200 if table else 503, "Ready" if table else "Starting", "")
        elif table is None or self._session is None:
            await _page(send, 503, "The cloud is starting", "Try again in a moment.")
        elif (targets := table.targets(name)) is None:
            await _page(send, 404, "There is no such stack", f"Nothing is published as {escape(name)}.")
        else:
            await self._pass_on(self._session, targets, scope, receive, send)

    async def _pass_on(
        self, session: aiohttp.ClientSession, targets: Sequence[Target], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """To the targets in turn, until one takes the connection."""
        for port in self._ports(targets):
            try:
                await forward(session, port, scope, receive, send)
            except TargetDown:
                continue
            except AnswerBroken as broken:
                if broken.started:
                    raise  # the server closes the connection, so that the client sees a broken answer
                await _page(send, 502, "The stack did not answer", "Try again in a moment.")
            return
        await _page(send, 503, "The stack is not running", "It starts or is being moved. Try again in a moment.")

    def _ports(self, targets: Sequence[Target]) -> list[int]:
        first = next(self._turn) % max(1, len(targets))
        ordered = [*targets[first:], *targets[:first]]
        found = (local_port(self._settings.hosts, target.instance_id) for target in ordered)
        return [port for port in found if port is not None]


async def _live(edge: Edge, receive: Receive, send: Send) -> None:
    """The lifespan protocol: ready at once; until the first routes are known, requests get 503."""
    await receive()
    async with edge.running():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _page(send: Send, status: int, title: str, text: str) -> None:
    body = PAGE.format(title=title, text=text).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
