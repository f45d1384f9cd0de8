"""The comparison with Stripe: every night for each paying tenant, and on demand for all of them."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.sweeps import Sweep
from services.billing.accounts import repository as accounts
from services.billing.context import BillingContext
from services.billing.payments import PaymentsUnavailable
from services.billing.subscriptions import repository
from services.billing.subscriptions.service import reconcile

NIGHT_HOUR_UTC = 3
BATCH = 50
EVERY_SECONDS = 60
logger = structlog.get_logger()


def next_night(now: datetime) -> datetime:
    """The next three o'clock (UTC) after `now`."""
    tonight = now.replace(hour=NIGHT_HOUR_UTC, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)


def reconciliation_sweep(context: BillingContext) -> Sweep:
    """Takes up to fifty tenants at a time; one that fails is tried again at the next run."""

    async def run(session: AsyncSession, now: datetime) -> int:
        compared = 0
        for tenant_id, customer_id in await repository.accounts_to_reconcile(session, now, limit=BATCH):
            compared += await _reconcile_one(context, tenant_id, customer_id, now)
        return compared

    return Sweep(name="reconcile_with_stripe", every=EVERY_SECONDS, run=run, next_due=repository.next_reconciliation)


async def reconcile_all(context: BillingContext) -> int:
    """Compares every paying tenant with Stripe now; returns how many could be compared."""
    now, compared = context.clock.now(), 0
    async with context.database.system_session() as session:
        everyone = await repository.paying_accounts(session)
    for tenant_id, customer_id in everyone:
        compared += await _reconcile_one(context, tenant_id, customer_id, now)
    return compared


async def _reconcile_one(context: BillingContext, tenant_id: UUID, customer_id: str, now: datetime) -> int:
    try:
        await reconcile(
            context.database, context.payments, tenant_id, customer_id, catalogue=context.catalogue, now=now
        )
        async with context.database.tenant_session(tenant_id) as session:
            await accounts.set_next_reconciliation(session, tenant_id, next_night(now))
    except (PaymentsUnavailable, exc.SQLAlchemyError) as error:
        logger.error("reconciliation.failed", tenant_id=str(tenant_id), reason=repr(error))
        return 0
    return 1
