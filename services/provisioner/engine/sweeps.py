"""The engine's periodic work: the reaper, and the look for drift."""

import asyncio
import random
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import exc, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.problems import Problem
from libs.common.sweeps import Sweep
from services.provisioner.deployments.models import Deployment, DeploymentStep
from services.provisioner.deployments.repository import UNFINISHED, ring
from services.provisioner.engine.lookups import tenants_at_rest
from services.provisioner.engine.reconciler import Reconciler
from services.provisioner.engine.step import D
from services.provisioner.resources.models import ResourceRow

REAP_SECONDS = 30.0
RECONCILE_SECONDS = 900.0
TROUBLE = (exc.SQLAlchemyError, OSError, TimeoutError, Problem)
logger = structlog.get_logger()


async def reap(session: AsyncSession, _now: datetime) -> int:
    """Wakes deployments that sleep past a deadline or a cancellation, and marks intents whose outcome nobody knows.

    Leases and deadlines are real time, so that the sweep's business time is not asked.
    """
    woken = await _wake_overdue(session)
    unknown = await _mark_unknown(session)
    if woken:
        await ring(session)
    return woken + unknown


async def _wake_overdue(session: AsyncSession) -> int:
    overdue = exists().where(
        DeploymentStep.tenant_id == Deployment.tenant_id,
        DeploymentStep.deployment_id == Deployment.id,
        DeploymentStep.status.in_(("waiting", "compensating")),
        DeploymentStep.deadline_at < func.clock_timestamp(),
    )
    asleep = Deployment.status == "waiting", Deployment.next_run_at > func.clock_timestamp()
    canceled = Deployment.cancel_requested_at.is_not(None) & (Deployment.direction == "forward")
    statement = (
        update(Deployment)
        .where(*asleep, or_(overdue, canceled))
        .values(next_run_at=func.clock_timestamp())
        .returning(Deployment.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


async def _mark_unknown(session: AsyncSession) -> int:
    at_work = select(text("1")).where(
        Deployment.tenant_id == ResourceRow.tenant_id,
        Deployment.id == ResourceRow.deployment_id,
        Deployment.status.in_(UNFINISHED),
    )
    statement = (
        update(ResourceRow)
        .where(ResourceRow.state == "intended", ResourceRow.deployment_id.is_not(None), ~at_work.exists())
        .values(state="unknown", updated_at=func.clock_timestamp())
        .returning(ResourceRow.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


REAPER = Sweep(name="engine.reaper", every=REAP_SECONDS, run=reap)


async def watch_drift(reconciler: Reconciler[D], database: Database, stop: asyncio.Event) -> None:
    """Looks at every stack at rest, and for orphans, every quarter of an hour until `stop`: a loop of the worker.

    Not a sweep, because calls to the cloud do not belong into an open transaction. Two workers that look at once
    report the same rows, and only the one that opens a row queues its repair.
    """
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(RECONCILE_SECONDS * random.uniform(0.9, 1.1)):  # noqa: S311  # spreads workers
                await stop.wait()
        if not stop.is_set():
            await reconcile_all(reconciler, database)


async def reconcile_all(reconciler: Reconciler[D], database: Database) -> int:
    """Looks at each stack at rest, one after the other, and for orphans; returns how many differences there are."""
    try:
        found = sum([await reconciler.reconcile_stack(tenant_id) for tenant_id in await tenants_at_rest(database)])
        return found + await reconciler.find_orphans()
    except TROUBLE as error:
        logger.warning("reconciler.interrupted", reason=str(error))
        return 0
