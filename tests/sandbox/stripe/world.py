"""A running sandbox for tests: a real server on a free port, a receiver of its webhooks, the real `stripe` library."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from stripe import Price, Subscription
from stripe.checkout import Session

from libs.common.clock import FixedClock
from sandbox.stripe.app import create_app
from sandbox.stripe.settings import StripeSandboxSettings
from tests.support.eventually import eventually

API_KEY = "sk_test_sandboxtests1234567890"
SECRET = "whsec_sandboxtests"
CARD = {"exp_month": "12", "exp_year": "2031", "cvc": "123"}
GOOD, DECLINED, NO_FUNDS, LATER = "4242424242424242", "4000000000000002", "4000000000009995", "4000000000000341"


@dataclass
class Receiver:
    """Takes webhooks and verifies them as the library does; answers `status`, or holds them until `gate` opens."""

    url: str
    status: int = 200
    events: list[stripe.Event] = field(default_factory=list)
    attempts: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def types(self) -> list[str]:
        return [str(event.type) for event in self.events]

    async def take(self, request: Request) -> Response:
        body = await request.body()
        self.attempts += 1
        event = stripe.Webhook.construct_event(body, request.headers["stripe-signature"], SECRET)
        await self.gate.wait()
        if self.status == 200:
            self.events.append(event)
        return Response(status_code=self.status)


@dataclass
class World:
    """What a test works with."""

    url: str
    clock: FixedClock
    receiver: Receiver
    settings: StripeSandboxSettings
    stripe: stripe.StripeClient
    http: httpx.AsyncClient

    async def price(self, *, amount: int = 59900, interval: str = "month", **more: Any) -> Price:
        params: Any = {"unit_amount": amount, "currency": "usd", "recurring": {"interval": interval}}
        product = {} if "product" in more else {"product_data": {"name": "Business"}}
        return await self.stripe.v1.prices.create_async(params | product | more)

    async def session(self, *, price: Price | None = None, **more: Any) -> Session:
        params: Any = {
            "mode": "subscription",
            "line_items": [{"price": (price or await self.price()).id, "quantity": 1}],
            "success_url": "http://shop.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.example/plans",
        }
        return await self.stripe.v1.checkout.sessions.create_async(params | more)

    async def pay(self, session: Session, number: str = GOOD, **more: str) -> httpx.Response:
        url = f"{self.url}/c/pay/{session.id}/pay"
        return await self.http.post(url, data={**CARD, "card_number": number, **more})

    async def subscribe(self, number: str = GOOD, **more: Any) -> Subscription:
        """A paid subscription."""
        session = await self.session(**more)
        answer = await self.pay(session, number)
        assert answer.status_code == 303, answer.text
        done = await self.stripe.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["subscription"]})
        assert isinstance(done.subscription, Subscription)
        return done.subscription

    async def advance(self, to: int) -> list[str]:
        """Moves business time to `to` (Unix seconds) and returns what the sandbox did."""
        self.clock.advance(datetime.fromtimestamp(to, UTC) - self.clock.now())
        answer = await self.http.post(f"{self.url}/_sandbox/advance")
        assert answer.status_code == 200, answer.text
        return [one["what"] for one in answer.json()["happened"]]

    async def ledger(self, status: str = "succeeded") -> list[dict[str, Any]]:
        entries = (await self.http.get(f"{self.url}/_sandbox/ledger")).json()["entries"]
        return [entry for entry in entries if entry["status"] == status]

    async def event_types(self) -> list[str]:
        """All events so far, oldest first."""
        page = await self.stripe.v1.events.list_async({"limit": 100})
        return [str(event.type) for event in page.data][::-1]


def library(url: str, session: aiohttp.ClientSession, *, api_key: str = API_KEY) -> stripe.StripeClient:
    """The `stripe` library pointed at the sandbox."""
    transport = stripe.AIOHTTPClient(session=session, timeout=aiohttp.ClientTimeout(total=10))
    return stripe.StripeClient(api_key, base_addresses={"api": url}, http_client=transport)


def period_end(subscription: Subscription) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])


@asynccontextmanager
async def serve(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serves on an already bound socket until the block ends."""
    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started or running.done())
    assert server.started, "the server did not start"
    try:
        yield
    finally:
        server.should_exit = True
        await running


def listen(port: int = 0) -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", port))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    listener, url = listen()
    receiver = Receiver(f"{url}/webhooks/stripe")
    receiver.gate.set()
    async with serve(Starlette(routes=[Route("/webhooks/stripe", receiver.take, methods=["POST"])]), listener):
        yield receiver


@asynccontextmanager
async def running_world(
    folder: Path, receiver: Receiver, *, clock: FixedClock | None = None, **changes: Any
) -> AsyncIterator[World]:
    """A sandbox whose file lies in `folder`: started twice with one folder it is the same sandbox restarted."""
    listener, url = listen()
    clock = clock or FixedClock()
    settings = StripeSandboxSettings(
        database=folder / "stripe.sqlite3",
        api_key=API_KEY,
        webhook_secret=SECRET,
        webhook_url=receiver.url,
        base_url=url,
        clock=clock,
        timer_seconds=3600,
    )
    settings = replace(settings, **changes)
    async with (
        serve(create_app(settings), listener),
        httpx.AsyncClient(trust_env=False) as http,
        aiohttp.ClientSession() as session,
    ):
        yield World(url, clock, receiver, settings, library(url, session), http)
