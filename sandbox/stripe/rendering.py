"""Templates of the sandbox's pages and what they need to show times and money."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from sandbox.stripe.money import format_money

_TEMPLATES = Path(__file__).parent / "templates"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Renderer:
    """Renders a template into a page that runs no script."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        style = (_TEMPLATES / "style.css").read_text()
        self._policy = _policy(style)
        self._environment.globals |= {"money": format_money, "moment": format_moment, "style": Markup(style)}  # noqa: S704  # our own file

    def page(self, template: str, *, status: int = 200, leads_to: str | None = None, **values: Any) -> HTMLResponse:
        """`leads_to` is where the answer to the page's form may redirect to."""
        content = self._environment.get_template(template).render(values)
        # Browsers hold a form to `form-action` also while its answer redirects.
        policy = f"{self._policy} {_origin(leads_to)}" if leads_to else self._policy
        return HTMLResponse(content, status_code=status, headers={**_HEADERS, "Content-Security-Policy": policy})


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def format_moment(seconds: int) -> str:
    """Unix seconds as `2026-01-31 14:05 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
