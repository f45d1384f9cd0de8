"""The comparison with Stripe: every night for each paying tenant, and on demand for all of them."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many tenants were compared, how many could not be, and whom to go on after; None when all had their turn."""

    compared: int
    failed: int
    last: UUID | None


async def reconcile_some(context: BillingContext, *, after: UUID | None = None, limit: int) -> Comparison:
    """Compares up to `limit` paying tenants with Stripe now, those that follow `after` by id."""
    now = context.clock.now()
    async with context.database.system_session() as session:
        turn = await repository.paying_accounts(session, after=after, limit=limit)
    compared = 0
    for tenant_id, customer_id in turn:
        compared += await _reconcile_one(context, tenant_id, customer_id, now)
    last = turn[-1][0] if len(turn) == limit else None
    return Comparison(compared=compared, failed=len(turn) - compared, last=last)


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
