"""billing in a test: its real database, the Stripe sandbox over HTTP, a fixed clock, and doubles of auth and mail."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, text, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from libs.adapters.bus import LocalBusSettings
from libs.adapters.mail import Mail, MailboxSettings, MailUnavailable, Sender
from libs.common.application import create_application
from libs.common.clock import FixedClock
from libs.common.http_client import ServiceHttp
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow, TenantAccessRow
from libs.common.security.assertions import AssertionSigner
from libs.common.security.tokens import AccessTokenVerifier
from libs.common.sweeps import Sweep, run_sweep
from libs.contracts.auth import AuthClient
from sandbox.ports import free_port
from sandbox.stripe.app import create_app as create_stripe
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.webhooks import sign
from services.billing.accounts.models import BillingAccount
from services.billing.app import SERVICE
from services.billing.context import BillingContext, open_context
from services.billing.mails.models import OutgoingMail
from services.billing.mails.sweeps import mail_sweep
from services.billing.plans.service import push_catalogue
from services.billing.settings import BillingSettings
from services.billing.stripe_gateway import open_stripe
from services.billing.trials.service import start_trial
from services.billing.webhooks.models import StripeEvent
from services.billing.webhooks.sweeps import work_off_due
from tests.support.databases import ServiceDatabase
from tests.support.eventually import eventually
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, as_member, jwks

API_KEY = "sk_test_of_tests"
STRIPE_KEY = {"Authorization": f"Bearer {API_KEY}"}
WEBHOOK_SECRET = "whsec_of_tests"
PAYING_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
FAILS_AT_RENEWAL = "4000000000000341"


class RecordingMailer:
    """A mailer that keeps each mail once, by id, and fails while `down`."""

    def __init__(self) -> None:
        self.sent: dict[UUID, Mail] = {}
        self.down = False

    async def send(self, mail: Mail) -> None:
        if self.down:
            raise MailUnavailable
        self.sent.setdefault(mail.id, mail)

    async def ping(self) -> None:
        if self.down:
            raise MailUnavailable

    def subjects_to(self, tenant_id: UUID) -> list[str]:
        return [mail.subject for mail in self.sent.values() if mail.to == (owner_address(tenant_id),)]


@dataclass(frozen=True)
class Delivery:
    """One webhook as the Stripe sandbox sent it."""

    body: bytes
    signature: str


@dataclass
class Webhooks:
    """Collects what the Stripe sandbox sends; tests pass it on as they like."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)

    def app(self) -> Starlette:
        async def receive(request: Request) -> Response:
            self.deliveries.append(Delivery(await request.body(), request.headers["stripe-signature"]))
            return Response(status_code=200)

        return Starlette(routes=[Route("/webhooks/stripe", receive, methods=["POST"])])


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything a test of billing reaches."""

    context: BillingContext
    clock: FixedClock
    client: httpx.AsyncClient
    stripe: httpx.AsyncClient
    webhooks: Webhooks
    mailer: RecordingMailer

    async def new_tenant(self) -> UUID:
        """A tenant whose trial has just begun."""
        tenant_id = new_id()
        async with self.context.database.tenant_session(tenant_id) as session:
            await start_trial(session, tenant_id, catalogue=self.context.catalogue, now=self.clock.now())
        return tenant_id

    async def checkout(self, tenant_id: UUID, plan: str = "business", **headers: str) -> httpx.Response:
        return await self.client.post(
            "/v1/billing/checkout", json={"plan": plan, "interval": "month"}, headers=as_member(tenant_id) | headers
        )

    async def pay(self, url: str, card: str = PAYING_CARD) -> httpx.Response:
        form = {"card_number": card, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
        return await self.stripe.post(f"{url}/pay", data=form)

    async def paid_checkout(self, tenant_id: UUID, plan: str = "business", card: str = PAYING_CARD) -> list[Delivery]:
        """Buys a plan and returns the webhooks that Stripe sent for it, in its order."""
        opened = await self.checkout(tenant_id, plan)
        assert opened.status_code == 201, opened.text
        before = len(self.webhooks.deliveries)
        paid = await self.pay(opened.json()["url"], card)
        assert paid.status_code == 303, paid.text
        await self.webhooks_settled()
        return self.webhooks.deliveries[before:]

    async def webhooks_settled(self) -> None:
        """Waits until the sandbox has no webhook on its way."""

        async def none_pending() -> bool:
            return bool((await self.stripe.get("/_sandbox/next-due")).json()["pending_deliveries"] == 0)

        await eventually(none_pending)

    async def deliver(self, delivery: Delivery, *, signature: str | None = None) -> httpx.Response:
        headers = {"Stripe-Signature": signature or delivery.signature, "Content-Type": "application/json"}
        return await self.client.post("/webhooks/stripe", content=delivery.body, headers=headers)

    async def deliver_and_work_off(self, deliveries: Sequence[Delivery]) -> None:
        """Each event is worked off before the next one comes."""
        for delivery in deliveries:
            answer = await self.deliver(delivery)
            assert answer.status_code == 202, answer.text
            await self.work_off()

    async def work_off(self) -> None:
        while await work_off_due(self.context):
            pass

    async def subscribe(self, tenant_id: UUID, plan: str = "business", card: str = PAYING_CARD) -> None:
        await self.deliver_and_work_off(await self.paid_checkout(tenant_id, plan, card))

    async def advance(self, delta: timedelta) -> None:
        """Moves business time, here and at Stripe, and runs the sweeps that follow it."""
        self.clock.advance(delta)
        (await self.stripe.post("/_sandbox/advance")).raise_for_status()
        await self.webhooks_settled()
        for sweep in SERVICE.sweeps(self.context):
            if sweep.next_due is not None:
                await self.sweep(sweep)

    async def sweep(self, sweep: Sweep) -> int:
        return await run_sweep(sweep, database=self.context.database, clock=self.clock)

    async def subscription(self, tenant_id: UUID) -> httpx.Response:
        return await self.client.get("/v1/billing/subscription", headers=as_member(tenant_id))

    async def events(self, tenant_id: UUID, event_type: str) -> list[dict[str, Any]]:
        """What was announced about a tenant, in order."""
        async with self.context.database.system_session() as session:
            rows = select(OutboxRow.body).where(OutboxRow.tenant_id == tenant_id, OutboxRow.type == event_type)
            return list(await session.scalars(rows.order_by(OutboxRow.position)))

    async def mode(self, tenant_id: UUID) -> str:
        async with self.context.database.tenant_session(tenant_id) as session:
            return str(await session.scalar(select(TenantAccessRow.mode)) or "full")

    async def charges(self) -> list[dict[str, Any]]:
        """Money taken, by Stripe's own ledger."""
        entries: list[dict[str, Any]] = (await self.stripe.get("/_sandbox/ledger")).json()["entries"]
        return [entry for entry in entries if entry["status"] == "succeeded"]

    async def stripe_events(self, status: str) -> list[StripeEvent]:
        """Stripe's events in one state, oldest first."""
        async with self.context.database.system_session() as session:
            found = select(StripeEvent).where(StripeEvent.status == status).order_by(StripeEvent.received_at)
            return list(await session.scalars(found))

    async def set_attempts(self, attempts: int) -> None:
        """As if every pending event had failed so often."""
        async with self.context.database.system_session() as session:
            await session.execute(update(StripeEvent).values(attempts=attempts).where(StripeEvent.status == "pending"))

    async def customer_id(self, tenant_id: UUID) -> str:
        async with self.context.database.tenant_session(tenant_id) as session:
            return (await session.scalars(select(BillingAccount.stripe_customer_id))).one() or ""

    async def count_at_stripe(self, what: str) -> int:
        """How many customers or checkout sessions there are at Stripe."""
        listed = await self.stripe.get(f"/v1/{what}", params={"limit": "100"}, headers=STRIPE_KEY)
        return len(listed.json()["data"])

    async def someone_waits_for_a_lock(self) -> bool:
        """Whether a statement in billing's database waits for another transaction."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        async with self.context.database.system_session() as session:
            return (await session.scalar(text(waiting)) or 0) > 0

    async def send_mails(self) -> None:
        """Until no mail is due: one that fails, perhaps another test's, ends a run of the sweep before the next one."""
        while await self.sweep(mail_sweep(self.context)):
            pass

    async def make_mails_due(self) -> None:
        """As if the wait after a failed attempt were over."""
        async with self.context.database.system_session() as session:
            waiting = update(OutgoingMail).where(OutgoingMail.next_attempt_at.is_not(None))
            await session.execute(waiting.values(next_attempt_at=OutgoingMail.created_at))

    async def cancel_at_stripe(self, tenant_id: UUID, *, at_period_end: bool = False) -> None:
        """As an operator would in Stripe's dashboard."""
        parameters = {"customer": await self.customer_id(tenant_id)}
        listed = await self.stripe.get("/v1/subscriptions", params=parameters, headers=STRIPE_KEY)
        path = f"/v1/subscriptions/{listed.json()['data'][0]['id']}"
        if at_period_end:
            form = {"cancel_at_period_end": "true"}
            (await self.stripe.post(path, data=form, headers=STRIPE_KEY)).raise_for_status()
        else:
            (await self.stripe.delete(path, headers=STRIPE_KEY)).raise_for_status()
        await self.webhooks_settled()

    def with_mailer(self, mailer: RecordingMailer) -> "World":
        """The same billing with another mail server."""
        return replace(self, context=replace(self.context, mailer=mailer), mailer=mailer)

    @asynccontextmanager
    async def stripe_down(self) -> AsyncIterator["World"]:
        """The same billing where nothing answers at Stripe's address."""
        url = f"http://127.0.0.1:{free_port()}"
        async with open_stripe(API_KEY, api_url=url, webhook_secrets=[WEBHOOK_SECRET]) as payments:
            context = replace(self.context, payments=payments)
            async with _client_of(context) as client:
                yield replace(self, context=context, client=client)

    async def make_pending_events_due(self) -> None:
        """What the lease of a dead worker does by itself, in less time."""
        async with self.context.database.system_session() as session:
            await session.execute(
                update(StripeEvent)
                .values(next_attempt_at=StripeEvent.received_at)
                .where(StripeEvent.status == "pending")
            )


def signed(content: dict[str, object] | bytes, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> Delivery:
    """A webhook as Stripe would sign it; a dict is made a whole event."""
    whole = {"object": "event", "created": 1_767_225_600}
    body = content if isinstance(content, bytes) else json.dumps(whole | content).encode()
    return Delivery(body, sign(body, secret=secret, timestamp=int(time.time()) if at is None else at))


def owner_address(tenant_id: UUID) -> str:
    return f"owner-{tenant_id}@example.com"


def auth_app() -> FastAPI:
    """auth, as far as billing asks it."""
    app = FastAPI()

    @app.get("/internal/tenants/{tenant_id}/owner-contact")
    async def owner_contact(tenant_id: UUID) -> dict[str, str]:
        return {
            "user_id": str(tenant_id),
            "email": owner_address(tenant_id),
            "full_name": "Ada Lovelace",
            "company": "Bäcker & Söhne",
            "slug": "baecker-k3x9",
            "locale": "en",
        }

    return app


def billing_settings(database: ServiceDatabase, bus: LocalBusSettings, *, stripe_url: str) -> BillingSettings:
    return BillingSettings(
        database_url=SecretStr(database.url("app")),
        database_system_url=SecretStr(database.url("system")),
        database_pool_size=4,
        jwks_url="http://127.0.0.1:9/jwks",
        service_private_key=SecretStr(SERVICE_KEYS["billing"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("a key of the tests, 32 characters"),
        bus=bus,
        mail=MailboxSettings(
            sender=Sender(address="billing@example.com"),
            url="http://127.0.0.1:9",
            secret=SecretStr("secret of the mailbox"),
        ),
        auth_url="http://auth",
        web_url="http://web.example",
        stripe_api_key=SecretStr(API_KEY),
        stripe_webhook_secrets=(SecretStr("whsec_the_next_one"), SecretStr(WEBHOOK_SECRET)),
        stripe_api_url=stripe_url,
    )


@asynccontextmanager
async def open_world(
    database: ServiceDatabase, bus: LocalBusSettings, webhooks: Webhooks, folder: Path
) -> AsyncIterator[World]:
    """A Stripe sandbox without customers, and billing beside it."""
    clock, port = FixedClock(), free_port()
    stripe_url = f"http://127.0.0.1:{port}"
    webhooks.deliveries = []
    sandbox = StripeSandboxSettings(
        database=folder / "stripe.sqlite",
        api_key=API_KEY,
        webhook_secret=WEBHOOK_SECRET,
        webhook_url=f"{webhooks.url}/webhooks/stripe",
        base_url=stripe_url,
        clock=clock,
        after_last_retry="unpaid",
    )
    settings = billing_settings(database, bus, stripe_url=stripe_url)
    async with (
        served(create_stripe(sandbox), port=port),
        open_context(settings) as opened,
        httpx.AsyncClient(base_url=stripe_url) as stripe,
    ):
        mailer = RecordingMailer()
        auth = ServiceHttp(
            "auth",
            "http://auth",
            AssertionSigner("billing", SERVICE_KEYS["billing"]),
            transport=httpx.ASGITransport(auth_app()),
        )
        context = replace(
            opened,
            clock=clock,
            mailer=mailer,
            tokens=AccessTokenVerifier(jwks),
            auth=AuthClient(auth),
            checkouts=asyncio.Semaphore(2),
        )
        await push_catalogue(context.payments, context.catalogue)
        async with _client_of(context) as client:
            yield World(context=context, clock=clock, client=client, stripe=stripe, webhooks=webhooks, mailer=mailer)
        await auth.aclose()


@asynccontextmanager
async def _client_of(context: BillingContext) -> AsyncIterator[httpx.AsyncClient]:
    """billing's application on an open context; an error that nobody handles is a 500, as over a socket."""
    app = create_application(SERVICE, context.settings)

    async def opened(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"context": context, "callers": SERVICE.all_callers()}}, receive, send)

    transport = httpx.ASGITransport(opened, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://billing") as client:
        yield client
