"""The merged OpenAPI document, and a page that renders it with nothing from elsewhere."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from services.gateway.context import gateway_context

PAGE = Path(__file__).parent / "page"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
)
router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The document of the whole public API."""
    body = await gateway_context(request).documents.merged(request.app.openapi())
    return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=60"})


@router.get("/docs")
async def docs() -> Response:
    """The documentation page."""
    return _file("docs.html", "text/html; charset=utf-8")


@router.get("/docs/docs.js")
async def docs_script() -> Response:
    """The page's program."""
    return _file("docs.js", "text/javascript; charset=utf-8")


@router.get("/docs/docs.css")
async def docs_style() -> Response:
    """The page's look."""
    return _file("docs.css", "text/css; charset=utf-8")


def _file(name: str, media_type: str) -> Response:
    return Response(
        _content(name),
        media_type=media_type,
        headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "public, max-age=300"},
    )


@cache
def _content(name: str) -> bytes:
    return (PAGE / name).read_bytes()
