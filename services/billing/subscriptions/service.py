"""Keeps subscriptions as Stripe has them. What an event says only makes us look; what we see then is what counts.

Looks are numbered before they begin. A look that began earlier never overwrites one that began later, so that events
may come in any order, several times and at once. No transaction is open while Stripe is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit
from libs.common.database import Database
from libs.common.events import announce
from libs.common.ids import new_id
from libs.contracts.billing import SubscriptionActivated, SubscriptionChanged, SubscriptionSummary
from services.billing.access.service import refresh_access
from services.billing.accounts import repository as accounts
from services.billing.accounts.models import BillingAccount
from services.billing.mails.service import promise_mail
from services.billing.payments import Payments, RemoteSubscription
from services.billing.plans.catalogue import Catalogue
from services.billing.subscriptions import repository
from services.billing.subscriptions.models import Subscription
from services.billing.trials.service import convert_trial

PAID = frozenset({"active", "trialing"})
NOT_YET = frozenset({"incomplete", "incomplete_expired"})
ENDED = frozenset(repository.ENDED)
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a look at Stripe saw of one customer; `number` orders looks by their beginning."""

    number: int
    subscriptions: Sequence[RemoteSubscription]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One subscription that is new or differs; `before` is its earlier status."""

    row: Subscription
    before: str | None


async def observe(database: Database, payments: Payments, customer_id: str) -> Observation:
    """Looks at all of a customer's subscriptions. Raises PaymentsUnavailable."""
    async with database.platform_session() as session:
        number = await repository.next_observation(session)
    return Observation(number=number, subscriptions=await payments.list_subscriptions(customer_id))


async def apply_observation(
    session: AsyncSession, tenant_id: UUID, observation: Observation, *, catalogue: Catalogue, now: datetime
) -> int:
    """Stores what was seen and announces what that changed; returns how many subscriptions changed."""
    account = await accounts.hold(session, tenant_id)
    known = await repository.find_all(session, tenant_id)
    changes = 0
    for remote in observation.subscriptions:
        plan = catalogue.by_product.get(remote.product_id)
        if plan is None:
            logger.warning("subscription.ignored", reason="not a plan's product", subscription=remote.id)
            continue
        change = _merge(known.get(remote.id), remote, plan.id, observation.number, tenant_id)
        if change is not None:
            await _settle(session, account, change, now)
            changes += 1
    for missing in known.keys() - {remote.id for remote in observation.subscriptions}:
        logger.error("subscription.missing_at_stripe", tenant_id=str(tenant_id), subscription=missing)
    _warn_of_several(tenant_id, observation)
    await refresh_access(session, tenant_id, catalogue=catalogue, now=now)
    return changes


async def reconcile(
    database: Database, payments: Payments, tenant_id: UUID, customer_id: str, *, catalogue: Catalogue, now: datetime
) -> int:
    """Compares one tenant with Stripe and repairs what differs; returns how many subscriptions did."""
    observation = await observe(database, payments, customer_id)
    async with database.tenant_session(tenant_id) as session:
        repaired = await apply_observation(session, tenant_id, observation, catalogue=catalogue, now=now)
    if repaired:
        logger.warning("reconciliation.repaired", tenant_id=str(tenant_id), subscriptions=repaired)
    return repaired


def summary_of(subscription: Subscription) -> SubscriptionSummary:
    """The subscription as others see it."""
    return SubscriptionSummary(
        plan=subscription.plan,
        status=subscription.status,
        current_period_end=subscription.current_period_end,
        cancel_at_period_end=subscription.cancel_at_period_end,
    )


def _merge(
    row: Subscription | None, remote: RemoteSubscription, plan: str, observation: int, tenant_id: UUID
) -> _Change | None:
    if row is None:
        return (
            None if remote.status in NOT_YET else _Change(row=_new(remote, plan, observation, tenant_id), before=None)
        )
    if row.observation >= observation:
        return None
    row.observation = observation
    seen = (plan, remote.status, remote.current_period_end, remote.cancel_at_period_end)
    if seen == (row.plan, row.status, row.current_period_end, row.cancel_at_period_end):
        return None
    change = _Change(row=row, before=row.status)
    row.plan, row.status, row.current_period_end, row.cancel_at_period_end = seen
    return change


def _new(remote: RemoteSubscription, plan: str, observation: int, tenant_id: UUID) -> Subscription:
    return Subscription(
        tenant_id=tenant_id,
        id=new_id(),
        stripe_subscription_id=remote.id,
        plan=plan,
        status=remote.status,
        current_period_end=remote.current_period_end,
        cancel_at_period_end=remote.cancel_at_period_end,
        created_at=remote.created_at,
        activated_at=None,
        version=0,
        observation=observation,
    )


async def _settle(session: AsyncSession, account: BillingAccount, change: _Change, now: datetime) -> None:
    row = change.row
    account.subscription_version += 1
    row.version = account.subscription_version
    await repository.add(session, row)
    await announce(
        session,
        SubscriptionChanged(
            tenant_id=row.tenant_id,
            occurred_at=now,
            subscription_id=row.id,
            plan=row.plan,
            status=row.status,
            before=change.before,
            cancel_at_period_end=row.cancel_at_period_end,
            version=row.version,
        ),
    )
    await _audit(session, row, row.status)
    if row.status in PAID and await repository.activate(session, row, now):
        await _activate(session, row, now)
    if row.status == "past_due" and change.before != "past_due":
        await promise_mail(
            session,
            row.tenant_id,
            kind="payment_failed",
            about=f"{row.id}:{row.version}",
            parameters={"plan": row.plan},
        )
    logger.info("subscription.changed", tenant_id=str(row.tenant_id), status=row.status, before=change.before)


async def _activate(session: AsyncSession, row: Subscription, now: datetime) -> None:
    """The event's id follows from the subscription: even told twice, a consumer would count it once."""
    await announce(
        session,
        SubscriptionActivated(
            id=uuid5(row.id, "activated"),
            tenant_id=row.tenant_id,
            occurred_at=now,
            subscription_id=row.id,
            plan=row.plan,
            version=row.version,
        ),
    )
    await _audit(session, row, "activated")
    await convert_trial(session, row.tenant_id, now=now)


async def _audit(session: AsyncSession, row: Subscription, what: str) -> None:
    await record_audit(
        session,
        tenant_id=row.tenant_id,
        actor="service:billing",
        action=f"billing.subscription.{what}",
        target=f"subscription:{row.id}",
    )


def _warn_of_several(tenant_id: UUID, observation: Observation) -> None:
    living = [one.id for one in observation.subscriptions if one.status not in ENDED | NOT_YET]
    if len(living) > 1:
        logger.error("subscription.several_live", tenant_id=str(tenant_id), subscriptions=living)
