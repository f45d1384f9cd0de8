"""Templates of the sandbox's pages and what they need to show times and money."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sandbox.stripe.money import format_money

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Renderer:
    """Renders a template into a page that runs no script."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self._environment.globals |= {"money": format_money, "moment": format_moment}

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        content = self._environment.get_template(template).render(values)
        return HTMLResponse(content, status_code=status, headers=_HEADERS)


def format_moment(seconds: int) -> str:
    """Unix seconds as `2026-01-31 14:05 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
