"""All SQL of checkouts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.accounts.models import BillingAccount
from services.billing.checkout.models import Checkout

UNFINISHED = ("creating", "open")


async def find_unfinished(session: AsyncSession, tenant_id: UUID) -> Checkout | None:
    """The one checkout that may still be paid."""
    return await session.scalar(
        select(Checkout).where(Checkout.tenant_id == tenant_id, Checkout.status.in_(UNFINISHED))
    )


async def find_by_session(session: AsyncSession, tenant_id: UUID, stripe_session_id: str) -> Checkout | None:
    return await session.scalar(
        select(Checkout).where(Checkout.tenant_id == tenant_id, Checkout.stripe_session_id == stripe_session_id)
    )


async def add(session: AsyncSession, checkout: Checkout) -> None:
    session.add(checkout)
    await session.flush()


async def finish(session: AsyncSession, checkout: Checkout, status: str) -> None:
    """Ends a checkout that has not ended before."""
    await session.execute(
        update(Checkout)
        .where(Checkout.tenant_id == checkout.tenant_id, Checkout.id == checkout.id, Checkout.status.in_(UNFINISHED))
        .values(status=status, url=None)
    )


async def open_with(session: AsyncSession, checkout: Checkout, *, stripe_session_id: str, url: str) -> bool:
    """Notes Stripe's session; False if another request has done so."""
    opened = (
        update(Checkout)
        .where(Checkout.tenant_id == checkout.tenant_id, Checkout.id == checkout.id, Checkout.status == "creating")
        .values(status="open", stripe_session_id=stripe_session_id, url=url)
        .returning(Checkout.id)
    )
    return await session.scalar(opened) is not None


async def keep_customer(
    session: AsyncSession, tenant_id: UUID, customer_id: str, *, next_reconcile_at: datetime
) -> str:
    """Stores the tenant's Stripe customer unless it has one, and returns the one it has."""
    unset = BillingAccount.tenant_id == tenant_id, BillingAccount.stripe_customer_id.is_(None)
    await session.execute(
        update(BillingAccount).where(*unset).values(stripe_customer_id=customer_id, next_reconcile_at=next_reconcile_at)
    )
    kept = await session.scalar(select(BillingAccount.stripe_customer_id).where(BillingAccount.tenant_id == tenant_id))
    return kept or customer_id
