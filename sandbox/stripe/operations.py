"""For operators and tests: the dashboard, the ledger, business time, sending an event again."""

import asyncio
import time
from dataclasses import asdict
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.stripe.billing_cycle import process_due
from sandbox.stripe.deliveries import count_pending, recent_deliveries, resend
from sandbox.stripe.errors import Missing
from sandbox.stripe.rendering import Renderer
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store

_SHOWN = 50


class Operations:
    """Not part of Stripe's API: everything but the dashboard lies under `/_sandbox`."""

    def __init__(
        self, settings: StripeSandboxSettings, store: Store, renderer: Renderer, *, wake: asyncio.Event
    ) -> None:
        self._settings = settings
        self._store = store
        self._renderer = renderer
        self._wake = wake

    def routes(self) -> list[Route]:
        return [
            Route("/", self.dashboard, methods=["GET"]),
            Route("/livez", self.livez, methods=["GET"]),
            Route("/_sandbox/advance", self.advance, methods=["POST"]),
            Route("/_sandbox/events/{event_id}/resend", self.resend, methods=["POST"]),
            Route("/_sandbox/ledger", self.ledger, methods=["GET"]),
            Route("/_sandbox/next-due", self.next_due, methods=["GET"]),
        ]

    async def livez(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def dashboard(self, _: Request) -> Response:
        with self._store.transaction(now=self._settings.now()) as tx:
            due = tx.next_due()
            return self._renderer.page(
                "dashboard.html",
                now=tx.now,
                next_due=due[0] if due else None,
                pending=count_pending(tx),
                webhook_url=self._settings.webhook_url,
                customers=[one for one in tx.newest("customer", limit=_SHOWN) if not one.get("deleted")],
                subscriptions=tx.newest("subscription", limit=_SHOWN),
                events=recent_deliveries(tx, limit=_SHOWN),
            )

    async def next_due(self, _: Request) -> Response:
        """When business time will next do something, and how many webhooks are on their way."""
        with self._store.transaction(now=self._settings.now()) as tx:
            due, pending = tx.next_due(), count_pending(tx)
        return JSONResponse({"next_due": _rfc3339(due[0]) if due else None, "pending_deliveries": pending})

    async def advance(self, _: Request) -> Response:
        """Does everything that is due by now and says what."""
        now = self._settings.now()
        happened = process_due(self._store, now=now, after_last_retry=self._settings.after_last_retry)
        return JSONResponse(
            {"now": _rfc3339(now), "happened": [asdict(one) | {"at": _rfc3339(one.at)} for one in happened]}
        )

    async def ledger(self, _: Request) -> Response:
        """Every attempt to take money, oldest first: the oracle for "charged exactly once"."""
        with self._store.transaction(now=self._settings.now()) as tx:
            return JSONResponse({"entries": tx.ledger()})

    async def resend(self, request: Request) -> Response:
        event_id = request.path_params["event_id"]
        try:
            with self._store.transaction(now=self._settings.now()) as tx:
                resend(tx, event_id, real_now=time.time())
        except Missing as missing:
            return JSONResponse(
                missing.envelope(request_id="", base_url=self._settings.base_url), status_code=missing.status
            )
        self._wake.set()
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/", status_code=303)
        return JSONResponse({"event": event_id, "status": "queued"}, status_code=202)


def _rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
