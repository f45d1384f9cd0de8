"""The SQL of the engine's own writes. Each names the fence and a live lease: of a zombie, it changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.provisioner.deployments.models import Deployment, DeploymentStep
from services.provisioner.engine.lease import Lease


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        Deployment.tenant_id == lease.tenant_id,
        Deployment.id == lease.deployment_id,
        Deployment.fence == lease.fence,
        Deployment.lease_owner == lease.owner,
        Deployment.lease_until > func.clock_timestamp(),
    )


async def write_fenced(
    session: AsyncSession, lease: Lease, values: Mapping[str, Any], *, events: int = 0
) -> Deployment | None:
    """Changes the deployment and reserves numbers for `events`; None if the lease is not held any more.

    Locks the deployment's row until the session ends, so that nobody claims it before what else the session writes.
    """
    statement = update(Deployment).where(*_held(lease)).values(last_seq=Deployment.last_seq + events, **values)
    return await session.scalar(statement.returning(Deployment).execution_options(synchronize_session=False))


async def renew(session: AsyncSession, lease: Lease) -> bool:
    """Extends the lease; False if it is not held any more."""
    until = func.clock_timestamp() + timedelta(seconds=lease.seconds)
    statement = update(Deployment).where(*_held(lease)).values(lease_until=until).returning(Deployment.id)
    return await session.scalar(statement.execution_options(synchronize_session=False)) is not None


async def write_step(session: AsyncSession, step_id: UUID, values: Mapping[str, Any]) -> DeploymentStep:
    """Changes a step in a session whose deployment is fenced, and returns it."""
    statement = update(DeploymentStep).where(DeploymentStep.id == step_id).values(**values).returning(DeploymentStep)
    return (await session.execute(statement.execution_options(synchronize_session=False))).scalar_one()


def after(seconds: float) -> ColumnElement[Any]:
    """The moment in `seconds`, by PostgreSQL's clock."""
    return func.clock_timestamp() + timedelta(seconds=seconds)
