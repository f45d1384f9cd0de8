"""billing as the services that ask it see it: its real database and application, without Stripe, auth or mail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select, update
from starlette.types import Receive, Scope, Send

from libs.adapters.bus import LocalBusSettings
from libs.adapters.mail import MailboxSettings, Sender
from libs.common.application import create_application
from libs.common.audit import UsageRecorded
from libs.common.clock import FixedClock
from libs.common.consumer import Consumer
from libs.common.http_client import ServiceHttp
from libs.common.ids import new_id
from libs.common.messages import Delivery
from libs.common.security.assertions import AssertionSigner
from libs.common.security.tokens import AccessTokenVerifier
from libs.contracts.billing import BillingClient
from services.billing.app import SERVICE
from services.billing.context import BillingContext, open_context
from services.billing.entitlements.models import EntitlementReservation
from services.billing.settings import BillingSettings
from services.billing.subscriptions.models import Subscription
from services.billing.trials.service import start_trial
from tests.support.databases import ServiceDatabase
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, as_member, jwks
from tests.support.purges import purge_table

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Billing:
    """billing, and the ways to it."""

    context: BillingContext
    clock: FixedClock
    http: httpx.AsyncClient

    def client(self, service: str) -> BillingClient:
        """billing as `service` asks it."""
        signer = AssertionSigner(service, SERVICE_KEYS[service])
        return BillingClient(ServiceHttp("billing", "http://billing", signer, transport=self.http._transport))

    async def subscribe(self, tenant_id: UUID, plan: str) -> None:
        """As if the tenant had bought `plan`; until then it has what a trial has."""
        now = self.clock.now()
        async with self.context.database.tenant_session(tenant_id) as session:
            await start_trial(session, tenant_id, catalogue=self.context.catalogue, now=now)
            session.add(
                Subscription(
                    tenant_id=tenant_id,
                    id=new_id(),
                    stripe_subscription_id=f"sub_{new_id().hex}",
                    plan=plan,
                    status="active",
                    current_period_end=now + timedelta(days=30),
                    cancel_at_period_end=False,
                    created_at=now,
                    activated_at=now,
                    version=1,
                    observation=1,
                )
            )

    async def hear(self, *events: UsageRecorded) -> None:
        """billing's worker is given these events, each as often as it is named."""
        handlers = SERVICE.handlers(self.context)
        consumer = Consumer("billing", handlers, database=self.context.database, bus=self.context.bus)
        for event in events:
            body, name = event.model_dump_json(), str(event.id)
            await consumer.apply(Delivery(receipt=name, message_id=name, type=event.type, body=body, receive_count=1))

    async def use(self, tenant_id: UUID, entitlement: str) -> dict[str, Any]:
        """What members see of it."""
        answer = await self.http.get("/v1/billing/usage", headers=as_member(tenant_id, role="viewer"))
        assert answer.status_code == 200, answer.text
        use: dict[str, Any] = next(item for item in answer.json()["items"] if item["entitlement"] == entitlement)
        return use

    async def let_lapse(self, tenant_id: UUID) -> None:
        """As if the time of all that is held for the tenant were over."""
        async with self.context.database.tenant_session(tenant_id) as session:
            unsettled = update(EntitlementReservation).where(EntitlementReservation.counted.is_(None))
            await session.execute(unsettled.values(kept_until=datetime.now(UTC) - timedelta(seconds=1)))

    async def purged(self, tenant_id: UUID) -> bool:
        """Runs the sweep of reservations that lapsed or were remembered for long enough; says whether none is left."""
        await purge_table(self.context.database, SERVICE.tables, EntitlementReservation.__tablename__)
        async with self.context.database.tenant_session(tenant_id) as session:
            return not await session.scalar(select(func.count()).select_from(EntitlementReservation))


@asynccontextmanager
async def open_billing(database: ServiceDatabase, bus: LocalBusSettings) -> AsyncIterator[Billing]:
    """billing in the middle of a month, on the tests' own keys."""
    settings = BillingSettings(
        database_url=SecretStr(database.url("app")),
        database_system_url=SecretStr(database.url("system")),
        database_pool_size=10,
        jwks_url=f"{NOWHERE}/jwks",
        service_private_key=SecretStr(SERVICE_KEYS["billing"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        bus=bus,
        mail=MailboxSettings(sender=Sender(address="billing@example.com"), url=NOWHERE, secret=SecretStr("s" * 32)),
        auth_url=NOWHERE,
        web_url="http://web.example",
        stripe_api_key=SecretStr("sk_test_of_tests"),
        stripe_webhook_secrets=(SecretStr("whsec_of_tests"),),
        stripe_api_url=NOWHERE,
    )
    clock = FixedClock(datetime(2026, 1, 15, tzinfo=UTC))
    async with open_context(settings) as opened:
        context = replace(opened, clock=clock, tokens=AccessTokenVerifier(jwks))
        app = create_application(SERVICE, settings)

        async def with_context(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": {"context": context, "callers": SERVICE.all_callers()}}, receive, send)

        transport = httpx.ASGITransport(with_context, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://billing") as http:
            yield Billing(context=context, clock=clock, http=http)
