"""Commands to hosts: queued by steps, resolved when an agent fetches them, settled once by its result.

Sessions are the tenant's.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.hosts import CommandResult
from services.provisioner.hosts.models import HostCommand

COMMANDS_CHANNEL = "host_commands"


async def queue_command(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    command_id: UUID,
    stack_id: UUID,
    host_id: UUID,
    kind: str,
    payload: Mapping[str, Any],
) -> HostCommand:
    """The command of that id, queued for the host's agent if there was none; rings for the agent's long poll."""
    statement = insert(HostCommand).values(
        tenant_id=tenant_id,
        id=command_id,
        stack_id=stack_id,
        host_id=host_id,
        kind=kind,
        payload=dict(payload),
        status="queued",
    )
    made = await session.scalar(statement.on_conflict_do_nothing().returning(HostCommand.id))
    if made is not None:
        await session.execute(select(func.pg_notify(COMMANDS_CHANNEL, str(host_id))))
    found = await find_command(session, command_id)
    if found is None:
        raise LookupError(f"host command {command_id} belongs to another tenant")
    return found


async def find_command(session: AsyncSession, command_id: UUID) -> HostCommand | None:
    return await session.scalar(select(HostCommand).where(HostCommand.id == command_id))


async def settle_command(
    session: AsyncSession, command_id: UUID, host_id: UUID, result: CommandResult
) -> HostCommand | None:
    """Takes a result; None where it was known before. The deployment that waits for it is to be woken."""
    statement = (
        update(HostCommand)
        .where(HostCommand.id == command_id, HostCommand.host_id == host_id, HostCommand.status == "queued")
        .values(status=result.status, result=result.model_dump(mode="json"), finished_at=func.clock_timestamp())
        .returning(HostCommand)
    )
    return await session.scalar(statement.execution_options(populate_existing=True))


async def withdraw_commands(session: AsyncSession, stack_id: UUID, host_id: UUID) -> None:
    """Ends what a host that is no more was still told; nobody will answer it."""
    result = {"status": "failed", "result": None, "error": {"code": "host_retired", "detail": "The host is gone."}}
    await session.execute(
        update(HostCommand)
        .where(HostCommand.stack_id == stack_id, HostCommand.host_id == host_id, HostCommand.status == "queued")
        .values(status="failed", result=result, finished_at=func.clock_timestamp())
    )
