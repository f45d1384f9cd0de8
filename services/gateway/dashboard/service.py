"""Composes the dashboard from three services at once; a service that is down costs its part, not the answer."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol, TypeVar
from uuid import UUID

import structlog

from libs.common.problems import Problem
from libs.contracts.auth import Tenant
from libs.contracts.billing import BillingSummary
from libs.contracts.provisioner import StackOverview
from services.gateway.dashboard.schemas import Dashboard

PART_SECONDS = 2.0
Part = TypeVar("Part")
logger = structlog.get_logger()


class Tenants(Protocol):
    """What the dashboard asks auth."""

    async def get_tenant(self, tenant_id: UUID) -> Tenant: ...


class Bills(Protocol):
    """What the dashboard asks billing."""

    async def get_billing_summary(self, tenant_id: UUID) -> BillingSummary: ...


class Stacks(Protocol):
    """What the dashboard asks the provisioner."""

    async def get_stack_overview(self, tenant_id: UUID) -> StackOverview: ...


async def compose_dashboard(
    tenant_id: UUID, tenants: Tenants, bills: Bills, stacks: Stacks, *, seconds: float = PART_SECONDS
) -> Dashboard:
    """The dashboard of a tenant. Each part has `seconds` to arrive."""
    tenant, billing, overview = await asyncio.gather(
        _part("auth", tenants.get_tenant(tenant_id), seconds),
        _part("billing", bills.get_billing_summary(tenant_id), seconds),
        _part("provisioner", stacks.get_stack_overview(tenant_id), seconds),
    )
    missing = {
        "tenant": tenant is None,
        "trial": billing is None,
        "subscription": billing is None,
        "stack": overview is None,
        "deployments": overview is None,
    }
    return Dashboard(
        tenant=tenant,
        trial=billing.trial if billing else None,
        subscription=billing.subscription if billing else None,
        stack=overview.stack if overview else None,
        deployments=overview.deployments if overview else None,
        unavailable=[part for part, is_missing in missing.items() if is_missing],
    )


async def _part(service: str, asked: Awaitable[Part], seconds: float) -> Part | None:
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except (Problem, TimeoutError) as error:
        code = error.code if isinstance(error, Problem) else "timeout"
        logger.warning("dashboard.part_unavailable", service=service, code=code)
        return None
