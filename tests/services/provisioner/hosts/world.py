"""Makes hosts and stacks, and speaks as a host's agent would."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import update

from libs.common.database import Database
from libs.common.ids import new_id
from libs.contracts.hosts import AppReport, CommandResult, HostReport, StackRemoved, StackReport
from services.provisioner.hosts import placement, repository
from services.provisioner.hosts.commands import queue_command
from services.provisioner.hosts.credentials import HostTokens
from services.provisioner.hosts.models import Host, Placement
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.stacks.models import Stack
from services.provisioner.stacks.repository import lock_stack, update_stack

TOKEN_KEY = "t" * 32
TOKENS = HostTokens(TOKEN_KEY)
STACK_MIB = 1000


@dataclass(frozen=True)
class Tenant:
    """A tenant with a stack that is wanted."""

    tenant_id: UUID
    stack_id: UUID
    slug: str


@dataclass(frozen=True)
class Fleet:
    database: Database

    async def host(self, *, kind: str = "shared", memory_mib: int = 4 * STACK_MIB, ready: bool = True) -> Host:
        host_id = new_id()
        async with self.database.platform_session() as session:
            await repository.open_host(
                session, host_id, kind=kind, name=f"host-{host_id}", memory_mib=memory_mib, tokens=TOKENS
            )
            await repository.set_instance(session, host_id, f"i-{host_id.hex[-8:]}")
            if ready:
                await repository.first_call(session, host_id)
        return await self.read(host_id)

    async def read(self, host_id: UUID) -> Host:
        async with self.database.platform_session() as session:
            found = await repository.find_host(session, host_id)
        assert found is not None
        return found

    async def expire_token(self, host_id: UUID) -> None:
        async with self.database.platform_session() as session:
            past = datetime(2026, 1, 1, tzinfo=UTC)
            await session.execute(update(Host).where(Host.id == host_id).values(token_expires_at=past))

    async def tenant(self) -> Tenant:
        tenant_id = uuid4()
        slug = f"acme-{tenant_id.hex[:8]}"
        async with self.database.tenant_session(tenant_id) as session:
            stack = await lock_stack(session, tenant_id, region="us-east-1")
            stack.slug = slug
            return Tenant(tenant_id, stack.id, slug)

    async def take_slot(self, tenant: Tenant, memory_mib: int = STACK_MIB) -> Placement | None:
        async with self.database.tenant_session(tenant.tenant_id) as session:
            return await placement.take_slot(
                session, tenant_id=tenant.tenant_id, stack_id=tenant.stack_id, memory_mib=memory_mib
            )

    async def leave(self, tenant: Tenant, host_id: UUID | None) -> None:
        async with self.database.tenant_session(tenant.tenant_id) as session:
            await placement.leave(session, tenant.stack_id, host_id)

    async def serves(self, tenant: Tenant, host: Host) -> None:
        """The tenant's stack counts as running on that host."""
        async with self.database.tenant_session(tenant.tenant_id) as session:
            await update_stack(session, tenant.stack_id, {"outputs": {"host": {"host_id": str(host.id)}}})

    async def stack(self, tenant: Tenant) -> Stack:
        async with self.database.tenant_session(tenant.tenant_id) as session:
            return await lock_stack(session, tenant.tenant_id, region="")

    async def command(self, tenant: Tenant, host: Host, *, kind: str = "remove_stack", **payload: Any) -> UUID:
        command_id = new_id()
        async with self.database.tenant_session(tenant.tenant_id) as session:
            await queue_command(
                session,
                tenant_id=tenant.tenant_id,
                command_id=command_id,
                stack_id=tenant.stack_id,
                host_id=host.id,
                kind=kind,
                payload=payload,
            )
        return command_id


def token_of(host: Host) -> str:
    return TOKENS.token(host.id, host.boots)


async def register(client: httpx.AsyncClient, host: Host) -> dict[str, str]:
    """The header of the host's agent, fresh from its registration."""
    answer = await client.post("/agent/v1/register", json={"token": token_of(host)})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['credential']}"}


async def settle(
    client: httpx.AsyncClient, command_id: UUID, agent: dict[str, str], *, data_deleted: bool = True
) -> httpx.Response:
    result = CommandResult(status="succeeded", result=StackRemoved(data_deleted=data_deleted))
    return await client.post(
        f"/agent/v1/commands/{command_id}/result", json=result.model_dump(mode="json"), headers=agent
    )


def report_of(host: Host, *stacks: StackReport) -> dict[str, Any]:
    report = HostReport.model_validate(
        {
            "host_id": str(host.id),
            "sent_at": datetime.now(UTC),
            "agent_version": "1.0.0",
            "uptime_seconds": 5,
            "capacity": {"memory_mib": host.memory_mib, "reserved_mib": 0},
            "stacks": stacks,
        }
    )
    return report.model_dump(mode="json")


def stack_report(
    tenant: Tenant, *, status: str = "healthy", bandwidth_bytes: int = 0, generation: int = 1
) -> StackReport:
    apps = [
        AppReport.model_validate(
            {
                "name": name,
                "status": status,
                "uptime_seconds": 3,
                "storage_bytes": 10,
                "bandwidth_bytes": bandwidth_bytes if name == "website" else 0,
            }
        )
        for name in load_catalogue().apps
    ]
    return StackReport.model_validate(
        {
            "stack": {"slug": tenant.slug, "tenant_id": tenant.tenant_id},
            "generation": generation,
            "mode": "running",
            "memory_mib": STACK_MIB,
            "apps": apps,
        }
    )
