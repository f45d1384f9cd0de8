"""What the provisioner promises: its events, and how a tenant's stack and deployments stand."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from libs.common.events import FactEvent, StateEvent
from libs.common.http_client import ServiceHttp

CALLERS: Mapping[str, frozenset[str]] = {
    "get_stack_overview": frozenset({"gateway"}),
}
DeploymentKind = Literal["create", "convert"]
DeploymentStatus = Literal[
    "queued",
    "running",
    "waiting",
    "succeeded",
    "rolled_back",
    "rollback_failed",
    "canceled",
    "needs_customer",
    "needs_operator",
]
StackStatus = Literal["queued", "provisioning", "healthy", "degraded", "unreachable", "error"]
AppStatus = Literal["starting", "healthy", "unhealthy", "unknown"]


class DeploymentChanged(StateEvent):
    """A deployment of a stack came to `status`."""

    type: ClassVar[str] = "provisioner.deployment.changed.v1"

    deployment_id: UUID
    stack_id: UUID
    kind: str
    status: DeploymentStatus


class StackReady(FactEvent):
    """A deployment brought a stack to its desired state: it is healthy on a host of `host_kind`."""

    type: ClassVar[str] = "provisioner.stack.ready.v1"

    stack_id: UUID
    deployment_id: UUID
    host_kind: Literal["shared", "dedicated"]


class WelcomeRequested(FactEvent):
    """A deployment asks that the owner be welcomed; handled by the provisioner itself."""

    type: ClassVar[str] = "provisioner.welcome.requested.v1"

    stack_id: UUID
    deployment_id: UUID
    host_kind: Literal["shared", "dedicated"]


class AppState(BaseModel):
    """One app of a stack and where it is reached."""

    status: AppStatus
    url: str


class DeploymentSummary(BaseModel):
    """One line of the list of deployments; `progress` is the percentage of finished steps."""

    id: UUID
    kind: str
    status: DeploymentStatus
    progress: int
    created_at: datetime


class StackSummary(BaseModel):
    """A stack as the dashboard shows it. `uptime` is the share of time since it became healthy, 0 to 1."""

    status: StackStatus
    url: str
    host_kind: Literal["shared", "dedicated"] | None
    apps: dict[str, AppState]
    uptime: float | None
    storage_bytes: int
    bandwidth_bytes: int
    last_backup_at: datetime | None


class StackOverview(BaseModel):
    """The stack, or null before there is one, and the newest deployments."""

    stack: StackSummary | None
    deployments: list[DeploymentSummary]


class ProvisionerClient:
    """The provisioner's internal operations."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def get_stack_overview(self, tenant_id: UUID) -> StackOverview:
        """The stack and its newest deployments. Raises ServiceUnavailable."""
        return await self._http.get(f"/internal/tenants/{tenant_id}/stack-overview", StackOverview)
