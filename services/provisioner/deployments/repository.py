"""All SQL of deployments outside the engine: making, reading, cancelling and waking them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.provisioner.deployments.models import Deployment, DeploymentEvent, DeploymentStep, PhaseDuration

UNFINISHED = ("queued", "running", "waiting")
BELL_CHANNEL = "deployment_due"
CHANGED_CHANNEL = "deployment_changed"


async def insert_deployment(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """False if a deployment of that cause exists already."""
    statement = upsert(Deployment).values(**values).on_conflict_do_nothing(index_elements=["tenant_id", "cause"])
    return await session.scalar(statement.returning(Deployment.id)) is not None


async def insert_steps(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await session.execute(insert(DeploymentStep), [dict(row) for row in rows])


async def replace_steps(session: AsyncSession, deployment_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Gives a deployment that has not begun other steps."""
    await session.execute(
        text("DELETE FROM deployment_step WHERE deployment_id = :deployment_id AND status = 'pending'"),
        {"deployment_id": deployment_id},
    )
    await insert_steps(session, rows)


async def find_deployment(session: AsyncSession, deployment_id: UUID, *, lock: bool = False) -> Deployment | None:
    statement = select(Deployment).where(Deployment.id == deployment_id)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def find_by_cause(session: AsyncSession, cause: str) -> Deployment | None:
    return await session.scalar(select(Deployment).where(Deployment.cause == cause))


async def newest_of_stack(session: AsyncSession, stack_id: UUID) -> UUID | None:
    """The newest deployment of a stack: ids grow with time."""
    return await session.scalar(
        select(Deployment.id).where(Deployment.stack_id == stack_id).order_by(Deployment.id.desc()).limit(1)
    )


async def list_deployments(
    session: AsyncSession, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[Deployment]:
    """Newest first; `after` is creation time and id of the last one on the page before."""
    statement = select(Deployment).order_by(Deployment.created_at.desc(), Deployment.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Deployment.created_at, Deployment.id) < tuple_(*after))
    return list(await session.scalars(statement))


async def list_steps(session: AsyncSession, deployment_id: UUID) -> list[DeploymentStep]:
    """The steps in their order."""
    statement = select(DeploymentStep).where(DeploymentStep.deployment_id == deployment_id)
    return list(await session.scalars(statement.order_by(DeploymentStep.position)))


async def phase_medians(session: AsyncSession, kind: str) -> dict[str, int]:
    """The seconds that each phase of such deployments takes, as far as it is known."""
    found = await session.scalars(select(PhaseDuration).where(PhaseDuration.kind == kind))
    return {known.phase: known.median_seconds for known in found}


async def list_events(session: AsyncSession, deployment_id: UUID, *, after: int, limit: int) -> list[DeploymentEvent]:
    """What happened after event number `after`, in order."""
    statement = (
        select(DeploymentEvent)
        .where(DeploymentEvent.deployment_id == deployment_id, DeploymentEvent.seq > after)
        .order_by(DeploymentEvent.seq)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def append_event(session: AsyncSession, deployment: Deployment, kind: str, data: Mapping[str, Any]) -> None:
    """Adds to the story of a deployment whose row the session has locked, and tells who follows it."""
    seq = await session.scalar(
        update(Deployment)
        .where(Deployment.id == deployment.id)
        .values(last_seq=Deployment.last_seq + 1)
        .returning(Deployment.last_seq)
    )
    await insert_events(session, deployment.tenant_id, deployment.id, first_seq=seq or 1, events=[(kind, data)])


async def insert_events(
    session: AsyncSession,
    tenant_id: UUID,
    deployment_id: UUID,
    *,
    first_seq: int,
    events: Sequence[tuple[str, Mapping[str, Any]]],
) -> None:
    """Writes numbered events and tells who follows the deployment when the session commits."""
    rows = [
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "deployment_id": deployment_id,
            "seq": first_seq + offset,
            "kind": kind,
            "data": dict(data),
        }
        for offset, (kind, data) in enumerate(events)
    ]
    await session.execute(insert(DeploymentEvent), rows)
    await session.execute(select(func.pg_notify(CHANGED_CHANNEL, str(deployment_id))))


async def ring(session: AsyncSession) -> None:
    """Tells the workers, when the session commits, that there may be something to do."""
    await session.execute(select(func.pg_notify(BELL_CHANNEL, "")))


async def request_cancel(session: AsyncSession, deployment_id: UUID) -> None:
    """Asks the engine to go back; a waiting deployment is looked at at once."""
    await session.execute(
        update(Deployment)
        .where(Deployment.id == deployment_id)
        .values(
            cancel_requested_at=func.coalesce(Deployment.cancel_requested_at, func.clock_timestamp()),
            next_run_at=func.clock_timestamp(),
            wakes=Deployment.wakes + 1,
        )
    )
    await ring(session)


async def wake(session: AsyncSession, deployment_id: UUID) -> None:
    """Ends a wait early; counted, so that a wake that comes just before the wait begins is not lost."""
    await session.execute(
        update(Deployment)
        .where(Deployment.id == deployment_id, Deployment.status.in_(UNFINISHED))
        .values(next_run_at=func.clock_timestamp(), wakes=Deployment.wakes + 1)
    )
    await ring(session)


async def wake_stack(session: AsyncSession, stack_id: UUID) -> None:
    """The same for whichever deployment of the stack is at work."""
    await session.execute(
        update(Deployment)
        .where(Deployment.stack_id == stack_id, Deployment.status.in_(("running", "waiting")))
        .values(next_run_at=func.clock_timestamp(), wakes=Deployment.wakes + 1)
    )
    await ring(session)
