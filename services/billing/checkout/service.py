"""Opens Checkout sessions: one customer for each tenant, at most one session that can be paid at a time.

The intent is committed before Stripe is called, and names the call (Stripe's idempotency key), so that a crash or a
second click leads to the same session. No transaction is open while Stripe is asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit
from libs.common.failpoints import failpoint
from libs.common.ids import new_id
from libs.common.request_context import current_request_id
from services.billing.accounts import repository as accounts
from services.billing.checkout import repository
from services.billing.checkout.errors import (
    AlreadySubscribed,
    CheckoutBusy,
    CheckoutPaid,
    PlanNotPurchasable,
    UnknownPlan,
)
from services.billing.checkout.models import Checkout
from services.billing.context import BillingContext
from services.billing.payments import PaymentsUnavailable, RemotePrice, RemoteSession, SessionOrder
from services.billing.plans.catalogue import Catalogue, CataloguePlan
from services.billing.subscriptions import repository as subscriptions
from services.billing.subscriptions.sweeps import next_night

OTHERS_TURN = timedelta(minutes=1)
RESUMABLE = timedelta(hours=1)
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who buys for which tenant."""

    tenant_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckout:
    """A Checkout session that can be paid at `url`."""

    session_id: str
    url: str


async def start_checkout(context: BillingContext, buyer: Buyer, plan_id: str) -> OpenCheckout:
    """The session in which the buyer pays for the plan; an open one for the same plan is given again.

    Raises:
        UnknownPlan, PlanNotPurchasable, AlreadySubscribed, CheckoutPaid, CheckoutBusy, PaymentsUnavailable
    """
    plan = _purchasable(context.catalogue, plan_id)
    price = await _price_of(context, plan)
    async with context.database.tenant_session(buyer.tenant_id) as session:
        await _refuse_subscribed(session, buyer.tenant_id)
        earlier = await repository.find_unfinished(session, buyer.tenant_id)
    if earlier is not None and earlier.status == "open":
        still_open = await _settle_earlier(context, earlier, price)
        if still_open is not None:
            return still_open
    checkout = await _intend(context, buyer, plan, price)
    if checkout.stripe_session_id and checkout.url:
        return OpenCheckout(session_id=checkout.stripe_session_id, url=checkout.url)
    return await _open(context, checkout)


async def note_session(session: AsyncSession, tenant_id: UUID, remote: RemoteSession) -> None:
    """Follows what became of a session at Stripe. One that we did not open for this tenant changes nothing."""
    checkout = await repository.find_by_session(session, tenant_id, remote.id)
    if checkout is None or remote.client_reference_id != str(tenant_id):
        logger.warning("checkout.ignored", reason="not opened by us for this tenant", session=remote.id)
        return
    if remote.status != "open":
        await repository.finish(session, checkout, remote.status)


def _purchasable(catalogue: Catalogue, plan_id: str) -> CataloguePlan:
    plan = catalogue.by_id.get(plan_id)
    if plan is None:
        raise UnknownPlan
    if not plan.purchasable:
        raise PlanNotPurchasable
    return plan


async def _price_of(context: BillingContext, plan: CataloguePlan) -> RemotePrice:
    price = await context.payments.find_price(context.catalogue.lookup_key(plan))
    if price is None:
        logger.error("catalogue.not_pushed", plan=plan.id, hint="run `stackpro billing push-catalogue`")
        raise PaymentsUnavailable
    return price


async def _refuse_subscribed(session: AsyncSession, tenant_id: UUID) -> None:
    known = await subscriptions.find_all(session, tenant_id)
    if any(one.status not in subscriptions.ENDED for one in known.values()):
        raise AlreadySubscribed


async def _settle_earlier(context: BillingContext, earlier: Checkout, price: RemotePrice) -> OpenCheckout | None:
    """Asks Stripe how the earlier session stands: given again, or closed to make room for another."""
    session_id = earlier.stripe_session_id or ""
    remote = await context.payments.find_session(session_id)
    if remote is not None and remote.status == "complete":
        raise CheckoutPaid
    if remote is not None and remote.status == "open":
        if earlier.price_id == price.id and remote.url:
            return OpenCheckout(session_id=remote.id, url=remote.url)
        if not await context.payments.expire_session(session_id):
            raise CheckoutBusy
    async with context.database.tenant_session(earlier.tenant_id) as session:
        await repository.finish(session, earlier, "expired")
    return None


async def _intend(context: BillingContext, buyer: Buyer, plan: CataloguePlan, price: RemotePrice) -> Checkout:
    """Commits what is about to be asked of Stripe, or finds the same intent of a moment ago."""
    now = datetime.now(UTC)
    async with context.database.tenant_session(buyer.tenant_id) as session:
        await accounts.hold(session, buyer.tenant_id)
        await _refuse_subscribed(session, buyer.tenant_id)
        other = await repository.find_unfinished(session, buyer.tenant_id)
        if other is not None:
            if other.price_id == price.id and now - other.created_at < RESUMABLE:
                return other
            if other.status == "open" or now - other.created_at < OTHERS_TURN:
                raise CheckoutBusy
            await repository.finish(session, other, "abandoned")
        checkout = Checkout(
            tenant_id=buyer.tenant_id,
            id=new_id(),
            plan=plan.id,
            price_id=price.id,
            status="creating",
            stripe_session_id=None,
            url=None,
            started_by=buyer.user_id,
            created_at=now,
        )
        await repository.add(session, checkout)
        return checkout


async def _open(context: BillingContext, checkout: Checkout) -> OpenCheckout:
    web_url = context.settings.web_url.rstrip("/")
    remote = await context.payments.open_session(
        SessionOrder(
            checkout_id=checkout.id,
            tenant_id=checkout.tenant_id,
            customer_id=await _customer_of(context, checkout.tenant_id),
            price_id=checkout.price_id,
            success_url=f"{web_url}/checkout/success/?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=f"{web_url}/checkout/cancel/",
        )
    )
    failpoint("checkout.opened")
    async with context.database.tenant_session(checkout.tenant_id) as session:
        url = remote.url or ""
        if await repository.open_with(session, checkout, stripe_session_id=remote.id, url=url):
            await record_audit(
                session,
                tenant_id=checkout.tenant_id,
                actor=f"user:{checkout.started_by}",
                action="billing.checkout.started",
                target=f"checkout:{checkout.id}",
                request_id=current_request_id(),
            )
    return OpenCheckout(session_id=remote.id, url=url)


async def _customer_of(context: BillingContext, tenant_id: UUID) -> str:
    """The tenant's Stripe customer, made at its first checkout and kept for good."""
    async with context.database.tenant_session(tenant_id) as session:
        account = await accounts.find(session, tenant_id)
    if account is not None and account.stripe_customer_id is not None:
        return account.stripe_customer_id
    owner = await context.auth.get_owner_contact(tenant_id)
    customer_id = await context.payments.create_customer(tenant_id, email=owner.email, name=owner.company)
    async with context.database.tenant_session(tenant_id) as session:
        return await repository.keep_customer(
            session, tenant_id, customer_id, next_reconcile_at=next_night(context.clock.now())
        )
