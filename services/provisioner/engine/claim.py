"""Claims what is due: queued, waited long enough, or held by a worker whose lease ran out. Uses system sessions."""

import time
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from libs.common.database import Database
from libs.common.events import announce
from libs.common.failpoints import failpoint
from services.provisioner.deployments.models import Deployment
from services.provisioner.deployments.repository import UNFINISHED, append_event
from services.provisioner.deployments.service import changed
from services.provisioner.engine.lease import Lease

_now = func.clock_timestamp()


async def claim(database: Database, *, owner: str, seconds: float, limit: int) -> list[Lease]:
    """Up to `limit` due deployments, each now running under a lease of `owner` with a fence of its own."""
    moment = time.monotonic()
    async with database.system_session() as session:
        found = list(await session.scalars(_due(limit)))
        leases = [await _take(session, deployment, owner=owner, seconds=seconds) for deployment in found]
        failpoint("engine.claim.before_commit")
    failpoint("engine.claim.after_commit")
    for lease in leases:
        lease.started_at(moment)
    return leases


def _due(limit: int) -> Select[Deployment]:
    due = or_(
        and_(Deployment.status == "queued", ~_older_unfinished()),
        and_(Deployment.status == "waiting", Deployment.next_run_at <= _now),
        and_(Deployment.status == "running", Deployment.lease_until <= _now),
    )
    order = func.coalesce(Deployment.next_run_at, Deployment.created_at)
    return select(Deployment).where(due).order_by(order).limit(limit).with_for_update(skip_locked=True)


def _older_unfinished() -> ColumnElement[bool]:
    other = aliased(Deployment)
    return exists().where(
        other.tenant_id == Deployment.tenant_id,
        other.stack_id == Deployment.stack_id,
        other.status.in_(UNFINISHED),
        other.id < Deployment.id,
    )


async def _take(session: AsyncSession, deployment: Deployment, *, owner: str, seconds: float) -> Lease:
    before = deployment.status
    deployment.status = "running"
    deployment.lease_owner = owner
    deployment.fence += 1
    deployment.version += before == "queued"
    await session.flush()
    await session.execute(
        update(Deployment)
        .where(Deployment.tenant_id == deployment.tenant_id, Deployment.id == deployment.id)
        .values(lease_until=_now + timedelta(seconds=seconds))
        .execution_options(synchronize_session=False)
    )
    if before == "queued":
        await _tell_running(session, deployment)
    return Lease(
        tenant_id=deployment.tenant_id,
        deployment_id=deployment.id,
        owner=owner,
        fence=deployment.fence,
        seconds=seconds,
        abandoned=before == "running",
    )


async def _tell_running(session: AsyncSession, deployment: Deployment) -> None:
    await append_event(session, deployment, "deployment", {"status": "running", "progress": 0, "message": "At work."})
    event = changed(
        deployment.tenant_id, deployment.id, deployment.stack_id, deployment.kind, "running", version=deployment.version
    )
    await announce(session, event)


async def seconds_until_due(database: Database) -> float | None:
    """How long until the next wait or lease ends; None if nothing is unfinished."""
    at = case((Deployment.status == "running", Deployment.lease_until), else_=Deployment.next_run_at)
    statement = select(func.extract("epoch", func.min(at) - _now)).where(Deployment.status.in_(("running", "waiting")))
    async with database.system_session() as session:
        seconds = await session.scalar(statement)
    return None if seconds is None else max(0.0, float(seconds))
