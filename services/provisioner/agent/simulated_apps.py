"""How the apps of a simulated stack answer HTTP: health, the website's pages, and small documents in a volume."""

import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from uuid import uuid4

from aiohttp import web

from libs.contracts.hosts import BundleApp, StackBundle
from services.provisioner.agent.stack_folder import StackFolder

READS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_DOCUMENT = 64 * 1024 * 1024
RETRY_SECONDS = 5
PING_PATH = "/ping"
LOAD_BALANCER = "ELB-HealthChecker/"
"""How its health check names itself (ELB User Guide, "Health checks for Application Load Balancer target groups")."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One app of one stack, as a request finds it by its Host header."""

    folder: StackFolder
    bundle: StackBundle
    app: BundleApp
    stopped: bool
    writable: Callable[[], bool]

    @property
    def volume(self) -> Path:
        return self.folder.volumes / self.app.name


def missing_volume(folder: StackFolder, bundle: StackBundle, app: BundleApp) -> str | None:
    """Why the app cannot serve: its own volume, or that of an app it needs, is not there. None when it can."""
    apps = {each.name: each for each in bundle.apps}
    for name in (app.name, *app.needs):
        if apps[name].mounts and not all((folder.volumes / name / m.source).is_dir() for m in apps[name].mounts):
            return f"the volume of {name} is missing"
    if app.name == "website" and not (folder.volumes / "website/public/index.html").is_file():
        return "the site has no index.html"
    return None


async def answer(request: web.BaseRequest, site: Site) -> web.StreamResponse:
    """Answers one request to an app. Writes are refused with 503 while the stack is frozen or being archived."""
    if fault := _unavailable(request, site):
        return fault
    if request.path == PING_PATH and request.headers.get("User-Agent", "").startswith(LOAD_BALANCER):
        # Traefik answers this by itself; a simulated host has one entrance, so that the check names the stack.
        return web.Response(text="OK")
    if site.app.name == "website":
        return _page(site, request)
    if request.path.startswith("/data/"):
        return await _document(request, site)
    if request.path in {"/", site.app.health.path}:
        return _front_page(site)
    return refusal(404, "not_found", "There is nothing at this address.")


def _unavailable(request: web.BaseRequest, site: Site) -> web.Response | None:
    if site.bundle.mode == "stopped":
        return refusal(503, "stack_stopped", "This stack is stopped.")
    if site.stopped or (request.method not in READS and not site.writable()):
        return refusal(503, "stack_read_only", "This stack is read-only while its data is moved; try again.")
    if request.path == site.app.health.path and (fault := missing_volume(site.folder, site.bundle, site.app)):
        return refusal(503, "unhealthy", fault)
    return None


def refusal(status: int, code: str, detail: str) -> web.Response:
    """A problem document (RFC 9457); 503 says when to come back."""
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    body = json.dumps({"type": "about:blank", "status": status, "code": code, "detail": detail})
    return web.Response(status=status, text=body, content_type="application/problem+json", headers=headers)


def _front_page(site: Site) -> web.Response:
    title = f"{escape(site.app.title)} · {escape(site.bundle.site_name)}"
    body = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{escape(site.app.image)}, simulated.</p>"
    return web.Response(text=body, content_type="text/html")


def _page(site: Site, request: web.BaseRequest) -> web.StreamResponse:
    if request.method not in READS:
        return refusal(405, "no_such_method", "The website is only read.")
    public = site.volume / "public"
    file = _inside(public, request.path.lstrip("/") or "index.html")
    if file is not None and file.is_dir():
        file = file / "index.html"
    if file is None or not file.is_file():
        return refusal(404, "not_found", "There is no such page.")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return web.FileResponse(file, headers={"Content-Type": kind})


async def _document(request: web.BaseRequest, site: Site) -> web.StreamResponse:
    file = _inside(site.volume, request.path.removeprefix("/data/"))
    if file is None or file == site.volume:
        return refusal(400, "bad_path", "The path leads outside the volume.")
    if request.method == "PUT":
        return await _store(request, site, file)
    if not file.is_file():
        return refusal(404, "not_found", "There is no such document.")
    if request.method == "DELETE":
        file.unlink()
        return web.Response(status=204)
    if request.method in READS:
        return web.FileResponse(file, headers={"Content-Type": "application/octet-stream"})
    return refusal(405, "no_such_method", "Documents are read, put and deleted.")


async def _store(request: web.BaseRequest, site: Site, file: Path) -> web.Response:
    """Receives beside the volumes and moves in one step, so that no archive holds half a document."""
    site.folder.uploads.mkdir(exist_ok=True)
    beside = site.folder.uploads / str(uuid4())
    size = 0
    try:
        with beside.open("wb") as target:
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > LARGEST_DOCUMENT:
                    return refusal(413, "too_large", f"A document has at most {LARGEST_DOCUMENT} bytes.")
                target.write(chunk)
        if not site.writable():
            return refusal(503, "stack_read_only", "This stack became read-only; try again.")
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return web.Response(status=201)


def _inside(folder: Path, path: str) -> Path | None:
    found = (folder / path).resolve()
    return found if found.is_relative_to(folder.resolve()) and "\x00" not in path else None
