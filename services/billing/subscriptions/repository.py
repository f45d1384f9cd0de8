"""All SQL of subscriptions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.accounts.models import BillingAccount
from services.billing.subscriptions.models import Subscription

_PAYING = select(BillingAccount.tenant_id, BillingAccount.stripe_customer_id).where(
    BillingAccount.stripe_customer_id.is_not(None)
)
ENDED = ("canceled", "incomplete_expired")


async def find_all(session: AsyncSession, tenant_id: UUID) -> dict[str, Subscription]:
    """The tenant's subscriptions by their id at Stripe."""
    rows = await session.scalars(select(Subscription).where(Subscription.tenant_id == tenant_id))
    return {row.stripe_subscription_id: row for row in rows}


async def find_current(session: AsyncSession, tenant_id: UUID) -> Subscription | None:
    """The subscription that counts: of those that were ever active, one that lives, else the newest."""
    mine = Subscription.tenant_id == tenant_id, Subscription.activated_at.is_not(None)
    ended_last = case((Subscription.status.in_(ENDED), 1), else_=0)
    return await session.scalar(
        select(Subscription)
        .where(*mine)
        .order_by(ended_last, Subscription.created_at.desc(), Subscription.id.desc())
        .limit(1)
    )


async def add(session: AsyncSession, subscription: Subscription) -> None:
    session.add(subscription)
    await session.flush()


async def activate(session: AsyncSession, subscription: Subscription, now: datetime) -> bool:
    """Marks it as activated; False if it was before, so that it is announced once."""
    first = (
        update(Subscription)
        .where(
            Subscription.tenant_id == subscription.tenant_id,
            Subscription.id == subscription.id,
            Subscription.activated_at.is_(None),
        )
        .values(activated_at=now)
        .returning(Subscription.id)
    )
    return await session.scalar(first) is not None


async def next_observation(session: AsyncSession) -> int:
    """A number that is greater than that of every look at Stripe which began earlier."""
    number = await session.scalar(text("SELECT nextval('stripe_observation')"))
    if not isinstance(number, int):
        raise TypeError("a sequence yields integers")
    return number


async def accounts_to_reconcile(session: AsyncSession, now: datetime, *, limit: int) -> list[tuple[UUID, str]]:
    """Tenants and their customer ids whose nightly comparison is due. Needs a system session."""
    return await _customers(
        session,
        _PAYING.where(BillingAccount.next_reconcile_at <= now).order_by(BillingAccount.next_reconcile_at).limit(limit),
    )


async def paying_accounts(session: AsyncSession, *, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """Tenants that are customers at Stripe, in the order of their ids. Needs a system session."""
    following = _PAYING if after is None else _PAYING.where(BillingAccount.tenant_id > after)
    return await _customers(session, following.order_by(BillingAccount.tenant_id).limit(limit))


async def _customers(session: AsyncSession, query: "Select[UUID, str | None]") -> list[tuple[UUID, str]]:
    rows = await session.execute(query)
    return [(row.tenant_id, row.stripe_customer_id) for row in rows if row.stripe_customer_id is not None]


async def next_reconciliation(session: AsyncSession) -> datetime | None:
    """When the next comparison is due. Needs a system session."""
    return await session.scalar(select(func.min(BillingAccount.next_reconcile_at)))
