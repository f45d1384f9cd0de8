"""The dashboard is composed at once, and lacks only what is down."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from libs.common.http_client import ServiceUnavailable
from libs.contracts.auth import Tenant
from libs.contracts.billing import BillingSummary, TrialSummary
from libs.contracts.provisioner import StackOverview
from services.gateway.dashboard.service import compose_dashboard

Before = Callable[[], Awaitable[object]]


async def at_once() -> None: ...


class Auth:
    """Knows every tenant, once `before` has ended."""

    def __init__(self, before: Before = at_once) -> None:
        self._before = before

    async def get_tenant(self, tenant_id: UUID) -> Tenant:
        await self._before()
        return Tenant(
            id=tenant_id,
            slug="a-k3x9",
            name="A",
            locale="en",
            time_zone="UTC",
            country=None,
            home_region="us-east-1",
        )


class Billing:
    """Knows a trial, once `before` has ended."""

    def __init__(self, before: Before = at_once) -> None:
        self._before = before

    async def get_billing_summary(self, tenant_id: UUID) -> BillingSummary:
        await self._before()
        ends_at = datetime(2026, 12, 5, tzinfo=UTC)
        return BillingSummary(trial=TrialSummary(status="active", ends_at=ends_at, days_left=14), subscription=None)


class Provisioner:
    """Has no stack yet, once `before` has ended, or is down."""

    def __init__(self, before: Before = at_once, *, down: bool = False) -> None:
        self._before = before
        self._down = down

    async def get_stack_overview(self, tenant_id: UUID) -> StackOverview:
        await self._before()
        if self._down:
            raise ServiceUnavailable
        return StackOverview(stack=None, deployments=[])


async def test_all_parts_come_together() -> None:
    tenant_id = uuid4()
    dashboard = await compose_dashboard(tenant_id, Auth(), Billing(), Provisioner())
    assert dashboard.tenant is not None
    assert dashboard.tenant.id == tenant_id
    assert dashboard.trial is not None
    assert dashboard.trial.days_left == 14
    assert (dashboard.stack, dashboard.deployments, dashboard.unavailable) == (None, [], [])


async def test_a_service_that_is_down_costs_only_its_parts() -> None:
    dashboard = await compose_dashboard(uuid4(), Auth(), Billing(), Provisioner(down=True))
    assert dashboard.unavailable == ["stack", "deployments"]
    assert dashboard.deployments is None
    assert dashboard.trial is not None


async def test_a_service_that_is_silent_costs_only_its_parts_and_its_deadline() -> None:
    never = asyncio.Event().wait
    async with asyncio.timeout(20):
        dashboard = await compose_dashboard(uuid4(), Auth(), Billing(never), Provisioner(), seconds=0.2)
    assert dashboard.unavailable == ["trial", "subscription"]


async def test_the_parts_are_asked_for_at_the_same_time() -> None:
    meet = asyncio.Barrier(3).wait
    dashboard = await compose_dashboard(uuid4(), Auth(meet), Billing(meet), Provisioner(meet))
    assert dashboard.unavailable == []
