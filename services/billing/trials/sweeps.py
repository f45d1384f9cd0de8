"""Takes the steps of trials when their business time has come, each tenant in a transaction of its own."""

from datetime import datetime

import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.sweeps import Sweep
from services.billing.context import BillingContext
from services.billing.trials import repository
from services.billing.trials.service import advance_trial

BATCH = 200
EVERY_SECONDS = 10
logger = structlog.get_logger()


def trial_sweep(context: BillingContext) -> Sweep:
    """Warnings, grace and suspension. A tenant that fails is logged and tried again; the others are not held up."""

    async def run(session: AsyncSession, now: datetime) -> int:
        taken = 0
        for tenant_id in await repository.due_tenants(session, now, limit=BATCH):
            try:
                async with context.database.tenant_session(tenant_id) as own:
                    taken += await advance_trial(own, tenant_id, catalogue=context.catalogue, now=now)
            except exc.SQLAlchemyError as error:
                logger.error("trial.step_failed", tenant_id=str(tenant_id), exc_info=error)
        return taken

    return Sweep(name="advance_trials", every=EVERY_SECONDS, run=run, next_due=repository.next_due)
