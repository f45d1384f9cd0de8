"""Whose stacks and commands are on this host, and who waits for a slot? Ids only; uses system sessions."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from libs.common.database import Database
from services.provisioner.hosts.models import HostCommand, Placement


@dataclass(frozen=True, slots=True)
class QueuedCommand:
    tenant_id: UUID
    command_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A stack and the memory that it takes, or wants, on a host."""

    tenant_id: UUID
    stack_id: UUID
    memory_mib: int


async def queued_commands(database: Database, host_id: UUID, *, limit: int = 50) -> list[QueuedCommand]:
    """Commands of a host that have no result yet, oldest first."""
    statement = select(HostCommand.tenant_id, HostCommand.id).where(
        HostCommand.host_id == host_id, HostCommand.status == "queued"
    )
    async with database.system_session() as session:
        rows = await session.execute(statement.order_by(HostCommand.created_at, HostCommand.id).limit(limit))
        return [QueuedCommand(row.tenant_id, row.id) for row in rows]


async def tenant_of_command(database: Database, command_id: UUID, host_id: UUID) -> UUID | None:
    """Whose command of that host this is; None where it is not the host's."""
    statement = select(HostCommand.tenant_id).where(HostCommand.id == command_id, HostCommand.host_id == host_id)
    async with database.system_session() as session:
        return await session.scalar(statement)


async def places(database: Database, host_id: UUID | None) -> list[Place]:
    """The stacks on a host, or with None those that wait for a slot, the longest waiting first."""
    statement = select(Placement.tenant_id, Placement.stack_id, Placement.memory_mib)
    mine = statement.where(Placement.host_id.is_not_distinct_from(host_id)).order_by(Placement.created_at)
    async with database.system_session() as session:
        return [Place(row.tenant_id, row.stack_id, row.memory_mib) for row in await session.execute(mine)]
