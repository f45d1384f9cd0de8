"""Serves the built web app as a host of static files does, and tells it where the API is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.web.site import Answer, Site

_METHODS = ("GET", "HEAD")
_KEPT_WHEN_UNCHANGED = {"ETag", "Cache-Control", "Vary"}


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """`frontend` is the web app's folder with `out` and `hosting/headers.json`, `api_url` the gateway's base URL.

    `files_url` is the base URL of the store to which files are uploaded, where there is one.
    """

    frontend: Path
    api_url: str
    files_url: str | None = None


def create_app(settings: WebSettings) -> Starlette:
    """The server. Raises OSError or ValueError where `hosting/headers.json` is not to be read."""
    headers = json.loads((settings.frontend / "hosting" / "headers.json").read_text())
    # Over plain HTTP it must not be sent (RFC 6797, section 7.2).
    kept = {name: str(value) for name, value in headers.items() if name != "Strict-Transport-Security"}
    return Starlette(routes=[Route("/{path:path}", _WebApp(Site(settings.frontend / "out"), settings, kept))])


class _WebApp:
    """ASGI: every path is a file of the site but `/config.json`."""

    def __init__(self, site: Site, settings: WebSettings, headers: Mapping[str, str]) -> None:
        self._site = site
        self._api_url = settings.api_url
        self._files_url = settings.files_url
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        api_url = self._api_for(asked.get("host", ""))
        if scope["method"] not in _METHODS:
            response = Response("Only GET and HEAD.\n", status_code=405, headers={"Allow": ", ".join(_METHODS)})
        elif scope["path"] == "/config.json":
            response = JSONResponse({"api_url": api_url}, headers={"Cache-Control": "no-store"})
        else:
            response = _respond(self._answer(scope, asked), asked)
        for name, value in self._security_headers(api_url).items():
            response.headers[name] = value
        if scope["method"] == "HEAD":
            # The server sends the length that a GET would have, and no body (RFC 9110, section 9.3.2).
            response.body = b""
        await response(scope, receive, send)

    def _answer(self, scope: Scope, asked: Headers) -> Answer:
        brotli = _takes_brotli(asked.get("accept-encoding", ""))
        return self._site.answer(scope["path"], query=scope["query_string"].decode("latin-1"), takes_brotli=brotli)

    def _api_for(self, host: str) -> str:
        """The API at the name by which the app was asked, for only then both are one site for cookies."""
        return self._api_url.replace("127.0.0.1", "localhost") if host.startswith("localhost:") else self._api_url

    def _security_headers(self, api_url: str) -> dict[str, str]:
        # The API over HTTP and, where a policy tells their schemes apart, over WebSockets.
        sources = ["'self'", api_url, api_url.replace("http", "ws", 1), self._files_url]
        policy = [self._headers.get("Content-Security-Policy", ""), f"connect-src {' '.join(filter(None, sources))}"]
        return {**self._headers, "Content-Security-Policy": "; ".join(filter(None, policy))}


def _respond(answer: Answer, asked: Headers) -> Response:
    headers = dict(answer.headers)
    if "Location" in headers:
        path, mark, query = headers["Location"].partition("?")
        headers["Location"] = f"{quote(path)}{mark}{query}"
    if answer.status == 200 and _is_known(headers["ETag"], asked.get("if-none-match", "")):
        kept = {name: value for name, value in headers.items() if name in _KEPT_WHEN_UNCHANGED}
        return Response(status_code=304, headers=kept)
    return Response(answer.body, status_code=answer.status, headers=headers)


def _is_known(tag: str, known: str) -> bool:
    """Weak comparison, as a GET asks for (RFC 9110, section 13.1.2)."""
    return known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}


def _takes_brotli(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() == "br":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
