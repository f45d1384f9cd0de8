"""Where stacks run: a slot on the fullest shared host with room, or a dedicated host. A full fleet queues.

Sessions are the tenant's.
"""

import secrets
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.provisioner.hosts import repository
from services.provisioner.hosts.models import Placement

DEDICATED_PORT = 80
SHARED_PORTS = range(20_000, 30_000)
CAPACITY_CHANNEL = "shared_capacity"


async def find_placement(session: AsyncSession, stack_id: UUID, host_id: UUID | None) -> Placement | None:
    """The stack's place on that host; with None, its place in the queue."""
    mine = select(Placement).where(Placement.stack_id == stack_id)
    return await session.scalar(mine.where(Placement.host_id.is_not_distinct_from(host_id)))


async def list_placements(session: AsyncSession, stack_id: UUID) -> list[Placement]:
    statement = select(Placement).where(Placement.stack_id == stack_id, Placement.host_id.is_not(None))
    return list(await session.scalars(statement.order_by(Placement.id)))


async def take_slot(session: AsyncSession, *, tenant_id: UUID, stack_id: UUID, memory_mib: int) -> Placement | None:
    """A slot on a shared host; None when there is none now: the stack then stands in the queue, in its old place."""
    queued = await find_placement(session, stack_id, None)
    host = await repository.reserve_shared(session, memory_mib)
    if host is None:
        if queued is None:
            await _insert(session, tenant_id=tenant_id, stack_id=stack_id, memory_mib=memory_mib)
            await session.execute(select(func.pg_notify(CAPACITY_CHANNEL, "")))
        return None
    if queued is None:
        queued = await _insert(session, tenant_id=tenant_id, stack_id=stack_id, memory_mib=memory_mib)
    # The ports of other tenants' stacks cannot be seen from here: the unique index refuses one that is taken, and the
    # step is tried again with another.
    queued.host_id, queued.ingress_port, queued.memory_mib = host.id, secrets.choice(SHARED_PORTS), memory_mib
    await session.flush()
    return queued


async def take_host(
    session: AsyncSession, *, tenant_id: UUID, stack_id: UUID, host_id: UUID, memory_mib: int
) -> Placement:
    """The stack's place on a dedicated host of its own; safe to repeat."""
    found = await find_placement(session, stack_id, host_id)
    if found is not None:
        return found
    await repository.reserve(session, host_id, memory_mib)
    return await _insert(
        session,
        tenant_id=tenant_id,
        stack_id=stack_id,
        memory_mib=memory_mib,
        host_id=host_id,
        ingress_port=DEDICATED_PORT,
    )


async def leave(session: AsyncSession, stack_id: UUID, host_id: UUID | None) -> None:
    """Gives the stack's place up, or its place in the queue; of none it is a success."""
    found = await find_placement(session, stack_id, host_id)
    if found is None:
        return
    if found.host_id is not None:
        await repository.release(session, found.host_id, found.memory_mib)
    await session.execute(delete(Placement).where(Placement.id == found.id))
    await session.execute(select(func.pg_notify(CAPACITY_CHANNEL, "")))


async def _insert(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    stack_id: UUID,
    memory_mib: int,
    host_id: UUID | None = None,
    ingress_port: int | None = None,
) -> Placement:
    statement = insert(Placement).values(
        tenant_id=tenant_id,
        id=new_id(),
        stack_id=stack_id,
        host_id=host_id,
        memory_mib=memory_mib,
        ingress_port=ingress_port,
    )
    return (await session.execute(statement.returning(Placement))).scalar_one()
