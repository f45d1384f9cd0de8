"""Runs stacks without containers: one process, one listener per app, an entrance that routes by Host header.

The listeners are real HTTP servers on 127.0.0.1, shared by all stacks of the host; the volumes are real files.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from libs.contracts.hosts import BundleApp, StackBundle, StackMode
from services.provisioner.agent import simulated_apps
from services.provisioner.agent.runtime import ContainerState, Traffic, writers
from services.provisioner.agent.simulated_apps import Site
from services.provisioner.agent.stack_folder import StackFolder, StackFolders

LOCAL = "127.0.0.1"
# RFC 9110 §7.6.1: fields that belong to one hop; the length and coding of the body are set anew.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade", "content-length"}
)


class SimulatedRuntime:
    """`port` 0 takes any free port for the entrance."""

    keeps_owners = False

    def __init__(self, root: Path, *, port: int = 0) -> None:
        self._folders = StackFolders(root)
        self._wanted_port = port
        self._port = 0
        self._runners: list[web.ServerRunner] = []
        self._app_ports: dict[str, int] = {}
        self._bundles: dict[str, StackBundle] = {}
        self._sites: dict[str, tuple[str, BundleApp]] = {}
        self._quiet: set[str] = set()
        self._since: dict[str, float] = {}
        self._counter = str(uuid4())
        self._bytes: Counter[tuple[str, str]] = Counter()
        self._session: aiohttp.ClientSession | None = None

    @property
    def port(self) -> int:
        return self._port

    async def start(self, bundles: tuple[StackBundle, ...]) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(total=60))
        self._port = await self._listen(self._enter, self._wanted_port)
        for bundle in bundles:
            await self._serve(bundle)

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        if self._session is not None:
            await self._session.close()

    async def apply(self, folder: StackFolder, bundle: StackBundle) -> None:
        await self._serve(bundle)

    async def remove(self, folder: StackFolder, bundle: StackBundle) -> None:
        slug = bundle.stack.slug
        self._bundles.pop(slug, None)
        self._since.pop(slug, None)
        self._sites = {host: site for host, site in self._sites.items() if site[0] != slug}

    async def states(self, folder: StackFolder, bundle: StackBundle) -> dict[str, ContainerState]:
        return {app.name: self._state(folder, bundle, app) for app in bundle.apps}

    @asynccontextmanager
    async def quiesced(self, folder: StackFolder, bundle: StackBundle) -> AsyncIterator[frozenset[str]]:
        self._quiet.add(bundle.stack.slug)
        try:
            yield frozenset()
        finally:
            self._quiet.discard(bundle.stack.slug)

    async def halt(self, folder: StackFolder, bundle: StackBundle) -> None:
        self._bundles[bundle.stack.slug] = bundle.model_copy(update={"mode": "stopped"})

    async def load_databases(self, folder: StackFolder, bundle: StackBundle) -> None:
        """Simulated databases are their files: the archive holds them already."""

    async def _serve(self, bundle: StackBundle) -> None:
        slug = bundle.stack.slug
        self._sites = {host: site for host, site in self._sites.items() if site[0] != slug}
        for app in bundle.apps:
            if app.hostnames and app.name not in self._app_ports:
                self._app_ports[app.name] = await self._listen(self._answer, 0)
            self._sites.update(dict.fromkeys(app.hostnames, (slug, app)))
        self._bundles[slug] = bundle
        self._since.setdefault(slug, time.monotonic())

    def _state(self, folder: StackFolder, bundle: StackBundle, app: BundleApp) -> ContainerState:
        slug = bundle.stack.slug
        traffic = Traffic(counter=self._counter, transferred_bytes=self._bytes[slug, app.name])
        if not self._runs(slug, app):
            return ContainerState(status="stopped", traffic=traffic)
        fault = simulated_apps.missing_volume(folder, bundle, app)
        return ContainerState(
            status="unhealthy" if fault else "healthy",
            detail=fault or "",
            uptime_seconds=int(time.monotonic() - self._since[slug]),
            traffic=traffic,
        )

    async def _listen(self, handler: web.RequestHandler | object, port: int) -> int:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=1.0)  # type: ignore[arg-type]  # aiohttp names no public type
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, LOCAL, port).start()
        return int(runner.addresses[0][1])

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self._find(request)
        if found is None:
            return simulated_apps.refusal(404, "unknown_host", "No stack of this host has that name.")
        slug, app = found
        site = Site(
            folder=self._folders.folder(slug),
            bundle=self._bundles[slug],
            app=app,
            stopped=not self._runs(slug, app),
            writable=lambda: slug not in self._quiet and self._mode(slug) == "running",
        )
        return await simulated_apps.answer(request, site)

    async def _enter(self, request: web.BaseRequest) -> web.StreamResponse:
        """The role of Traefik: passes a request to the listener of the app that its Host header names."""
        found = self._find(request)
        if found is None or self._session is None:
            return simulated_apps.refusal(404, "unknown_host", "No stack of this host has that name.")
        slug, app = found
        if not request.raw_path.startswith("/"):
            return simulated_apps.refusal(400, "bad_target", "The request line must name a path.")
        url = URL(f"http://{LOCAL}:{self._app_ports[app.name]}{request.raw_path}", encoded=True)
        body = self._counted(request, (slug, app.name)) if request.body_exists else None
        headers = _forwarded(request.headers)
        if body is not None and request.content_length is not None:
            headers["Content-Length"] = str(request.content_length)
        async with self._session.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as reply:
            response = web.StreamResponse(status=reply.status, headers=_forwarded(reply.headers))
            if reply.content_length is not None and reply.headers.get("Content-Length"):
                response.content_length = reply.content_length
            await response.prepare(request)
            async for chunk in reply.content.iter_any():
                self._bytes[slug, app.name] += len(chunk)
                await response.write(chunk)
            await response.write_eof()
            return response

    async def _counted(self, request: web.BaseRequest, key: tuple[str, str]) -> AsyncIterator[bytes]:
        async for chunk in request.content.iter_any():
            self._bytes[key] += len(chunk)
            yield chunk

    def _runs(self, slug: str, app: BundleApp) -> bool:
        """A freeze stops the apps that a real one would stop, though simulated apps write nothing by themselves."""
        mode = self._mode(slug)
        return mode == "running" or (mode == "read_only" and app.name not in writers(self._bundles[slug]))

    def _mode(self, slug: str) -> StackMode:
        bundle = self._bundles.get(slug)
        return "stopped" if bundle is None else bundle.mode

    def _find(self, request: web.BaseRequest) -> tuple[str, BundleApp] | None:
        return self._sites.get(request.host.rsplit(":", 1)[0].lower())


def _forwarded(headers: "CIMultiDict[str] | object") -> CIMultiDict[str]:
    kept: CIMultiDict[str] = CIMultiDict(headers)  # type: ignore[arg-type]  # proxies are mappings too
    for name in _HOP_BY_HOP:
        kept.popall(name, None)
    return kept
