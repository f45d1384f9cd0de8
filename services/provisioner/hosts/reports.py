"""What hosts report of stacks: kept per stack and host, measured into uptime and usage, told on to who waits.

Sessions are the tenant's.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_usage
from libs.common.ids import new_id
from libs.contracts.hosts import AppReport, StackMode
from services.provisioner.deployments.repository import wake_stack
from services.provisioner.hosts.models import StackReportRow
from services.provisioner.hosts.placement import find_placement

SILENCE = timedelta(seconds=60)
"""A host that said nothing for so long is taken for unreachable; agents report every 15 s or faster."""
USAGE_STEP = 1024 * 1024
BANDWIDTH = "bandwidth_bytes_per_month"


async def find_report(session: AsyncSession, stack_id: UUID, host_id: UUID) -> StackReportRow | None:
    return await session.scalar(
        select(StackReportRow).where(StackReportRow.stack_id == stack_id, StackReportRow.host_id == host_id)
    )


async def take_report(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    stack_id: UUID,
    host_id: UUID,
    generation: int,
    mode: StackMode,
    apps: Sequence[AppReport],
    counts_traffic: bool = True,
) -> bool:
    """Keeps the report of a stack that is placed on that host; False for any other stack.

    `counts_traffic` is false for one that may arrive after newer ones: its totals would be taken for a new beginning.
    """
    if await find_placement(session, stack_id, host_id) is None:
        return False
    known = await _locked(session, tenant_id=tenant_id, stack_id=stack_id, host_id=host_id)
    healthy = bool(apps) and all(app.status == "healthy" for app in apps)
    changed = (known.generation, known.mode, known.healthy) != (generation, mode, healthy)
    await _count_uptime(session, known, healthy=healthy)
    known.generation, known.mode, known.healthy = generation, mode, healthy
    known.apps = {app.name: {"status": app.status, "detail": app.detail} for app in apps}
    known.storage_bytes = sum(app.storage_bytes for app in apps)
    if counts_traffic:
        await _count_bandwidth(session, known, sum(app.bandwidth_bytes for app in apps))
    await session.flush()
    if changed:
        await wake_stack(session, stack_id)
    return True


async def _locked(session: AsyncSession, *, tenant_id: UUID, stack_id: UUID, host_id: UUID) -> StackReportRow:
    first = insert(StackReportRow).values(
        tenant_id=tenant_id,
        id=new_id(),
        stack_id=stack_id,
        host_id=host_id,
        generation=0,
        mode="running",
        apps={},
        healthy=False,
        storage_bytes=0,
        bandwidth_bytes=0,
        bandwidth_recorded=0,
        healthy_seconds=0,
    )
    await session.execute(first.on_conflict_do_nothing())
    mine = select(StackReportRow).where(StackReportRow.stack_id == stack_id, StackReportRow.host_id == host_id)
    return (await session.execute(mine.with_for_update())).scalar_one()


async def _count_uptime(session: AsyncSession, known: StackReportRow, *, healthy: bool) -> None:
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    since = now - known.reported_at
    if known.healthy and since <= SILENCE:
        known.healthy_seconds += since.total_seconds()
    if healthy and known.first_healthy_at is None:
        known.first_healthy_at = now
    known.reported_at = now


async def _count_bandwidth(session: AsyncSession, known: StackReportRow, total: int) -> None:
    # A host's totals grow; after the loss of its disk they begin again, and what was recorded is not recorded twice.
    known.bandwidth_recorded = min(known.bandwidth_recorded, total)
    known.bandwidth_bytes = total
    used = total - known.bandwidth_recorded
    if used >= USAGE_STEP:
        known.bandwidth_recorded = total
        await record_usage(session, tenant_id=known.tenant_id, entitlement=BANDWIDTH, quantity=used)


async def forget_report(session: AsyncSession, stack_id: UUID, host_id: UUID) -> None:
    """The stack has left that host. What it used last is recorded."""
    known = await find_report(session, stack_id, host_id)
    if known is None:
        return
    used = known.bandwidth_bytes - known.bandwidth_recorded
    if used > 0:
        await record_usage(session, tenant_id=known.tenant_id, entitlement=BANDWIDTH, quantity=used)
    await session.delete(known)
    await session.flush()
