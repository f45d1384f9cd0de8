"""Plain pages for people who come without the web app: the landing page and where Checkout returns to."""

from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
router = APIRouter(include_in_schema=False)


@router.get("/")
async def landing() -> HTMLResponse:
    """What this is and where to go."""
    return _page(
        "StackPro",
        "<p>A complete, managed software stack for small businesses: CRM, file portal, booking, e-mail marketing and "
        "website on your own subdomain, running in seconds.</p>"
        "<p>This is the address of its API. <a href='/docs'>Read how to use it</a>, fetch the "
        "<a href='/openapi.json'>OpenAPI document</a>, or see <a href='/health'>how the platform is</a>.</p>"
        "<p>Begin with <code>POST /v1/auth/signup</code>.</p>",
    )


@router.get("/checkout/success/")
async def checkout_success() -> HTMLResponse:
    """Where Checkout returns after a payment; what was paid is told by Stripe's webhook, not by this page."""
    return _page(
        "Thank you",
        "<p>Your payment was received. We are building your own stack now and move everything from your trial to it; "
        "nothing is lost. You can close this page and follow the progress in your dashboard.</p>",
    )


@router.get("/checkout/cancel/")
async def checkout_cancel() -> HTMLResponse:
    """Where Checkout returns when somebody changes their mind."""
    return _page(
        "Nothing was paid",
        "<p>You left the checkout, and no money was taken. Your trial goes on as before; choose a plan whenever you "
        "are ready.</p>",
    )


def _page(title: str, body: str) -> HTMLResponse:
    html = _template().substitute(title=title, body=body)
    return HTMLResponse(html, headers={"Content-Security-Policy": PAGE_POLICY})


@cache
def _template() -> Template:
    return Template((Path(__file__).parent / "page.html").read_text())
