"""Puts together how a stack stands: from its row, its deployments, its hosts' reports and its drift."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.provisioner import DeploymentSummary, StackOverview, StackStatus, StackSummary
from services.provisioner.deployments import repository as deployments
from services.provisioner.deployments.models import Deployment
from services.provisioner.deployments.views import progress
from services.provisioner.resources.drift_repository import count_open
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.health import StackHealth, StackReport
from services.provisioner.stacks.models import Stack
from services.provisioner.stacks.repository import find_stack
from services.provisioner.stacks.schemas import StackView

NEWEST = 5


async def read_overview(session: AsyncSession, health: StackHealth, *, stack_url: str) -> StackOverview:
    """The stack and its newest deployments, for the dashboard. The session is the tenant's."""
    newest = await deployments.list_deployments(session, limit=NEWEST)
    stack = await find_stack(session)
    if stack is None or stack.desired is None:
        return StackOverview(stack=None, deployments=[_line(deployment) for deployment in newest])
    report = await health.report(session, stack)
    summary = summarise(stack, newest[0] if newest else None, report, stack_url=stack_url)
    return StackOverview(stack=summary, deployments=[_line(deployment) for deployment in newest])


async def read_stack(session: AsyncSession, health: StackHealth, *, stack_url: str) -> StackView | None:
    """The stack with what its owner may want to know beyond the dashboard; None before there is one."""
    overview = await read_overview(session, health, stack_url=stack_url)
    stack = await find_stack(session)
    if stack is None or overview.stack is None:
        return None
    return StackView(
        **overview.stack.model_dump(),
        slug=DesiredState.model_validate(stack.desired).slug,
        drift=await count_open(session, stack.id),
        generation=stack.observed_generation,
        desired_generation=stack.desired_generation,
    )


def summarise(stack: Stack, newest: Deployment | None, report: StackReport | None, *, stack_url: str) -> StackSummary:
    """The stack in the words of the dashboard."""
    return StackSummary.model_validate(
        {
            "status": stack_status(stack, newest, report),
            "url": stack_url.format(slug=stack.slug),
            "host_kind": stack.host_kind,
            "apps": {} if report is None else dict(report.apps),
            "uptime": None if report is None else report.uptime,
            "storage_bytes": 0 if report is None else report.storage_bytes,
            "bandwidth_bytes": 0 if report is None else report.bandwidth_bytes,
            "last_backup_at": None if report is None else report.last_backup_at,
        }
    )


def stack_status(stack: Stack, newest: Deployment | None, report: StackReport | None) -> StackStatus:
    """One word: before the first success what its deployment does, after it what its host says."""
    if stack.observed is None:
        if newest is not None and newest.status in deployments.UNFINISHED:
            return "queued" if newest.status == "queued" else "provisioning"
        return "error"
    if report is None or not report.fresh:
        return "unreachable"
    healthy = all(app.status == "healthy" for app in report.apps.values())
    return "healthy" if healthy else "degraded"


def _line(deployment: Deployment) -> DeploymentSummary:
    return DeploymentSummary.model_validate(
        {
            "id": deployment.id,
            "kind": deployment.kind,
            "status": deployment.status,
            "progress": progress(deployment),
            "created_at": deployment.created_at,
        }
    )
