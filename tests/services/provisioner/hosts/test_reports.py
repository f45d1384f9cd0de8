"""What hosts report is kept for the stacks placed on them, measured, and shown."""

import asyncio
from datetime import timedelta

import httpx
from sqlalchemy import func, select, text, update

from libs.common.audit import UsageRecorded
from libs.common.platform_tables import OutboxRow
from libs.contracts.hosts import CommandResult, StackApplied
from services.provisioner.deployments.models import Deployment
from services.provisioner.hosts.health import ReportedHealth
from services.provisioner.hosts.models import Host, StackReportRow
from services.provisioner.hosts.reports import find_report, forget_report
from services.provisioner.stacks.health import StackReport
from tests.services.provisioner.engine.factories import Tenancy
from tests.services.provisioner.engine.world import recipes_of
from tests.services.provisioner.hosts.world import Fleet, Tenant, register, report_of, stack_report
from tests.support.eventually import eventually

MIB = 1024 * 1024
Agent = dict[str, str]


async def _shared_host(client: httpx.AsyncClient, fleet: Fleet) -> tuple[Host, Agent]:
    """A shared host in use, and the header of its agent."""
    host = await fleet.host(ready=False)
    agent = await register(client, host)
    await client.get("/agent/v1/commands?wait=0", headers=agent)
    return host, agent


async def _placed(fleet: Fleet, host: Host) -> Tenant:
    """A tenant whose stack is on that host, the only one."""
    tenant = await fleet.tenant()
    place = await fleet.take_slot(tenant)
    assert place is not None
    assert place.host_id == host.id
    await fleet.serves(tenant, host)
    return tenant


async def _health(fleet: Fleet, tenant: Tenant) -> StackReport | None:
    stack = await fleet.stack(tenant)
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        return await ReportedHealth("http://{slug}.localhost:8000").report(session, stack)


async def _usage(fleet: Fleet, tenant: Tenant) -> list[int]:
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        found = await session.scalars(select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type))
        return [body["quantity"] for body in found]


async def _shift(fleet: Fleet, tenant: Tenant, seconds: float) -> None:
    """As if the last report, and the beginning of health, were so much older."""
    earlier = timedelta(seconds=seconds)
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        values = {
            "reported_at": StackReportRow.reported_at - earlier,
            "first_healthy_at": StackReportRow.first_healthy_at - earlier,
        }
        await session.execute(update(StackReportRow).values(values))


async def test_the_health_of_a_placed_stack_is_shown_with_the_addresses_of_its_apps(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    assert await _health(fleet, tenant) is None
    answer = await client.post("/agent/v1/report", json=report_of(host, stack_report(tenant)), headers=agent)
    assert answer.status_code == 204
    health = await _health(fleet, tenant)
    assert health is not None
    assert {name: app.status for name, app in health.apps.items()} == dict.fromkeys(
        ("crm", "files", "booking", "email_marketing", "website"), "healthy"
    )
    assert health.apps["crm"].url == f"http://crm.{tenant.slug}.localhost:8000"
    assert health.apps["website"].url == f"http://{tenant.slug}.localhost:8000"
    assert (health.fresh, health.uptime, health.storage_bytes) == (True, 1.0, 90)


async def test_of_a_host_that_fell_silent_nothing_is_known(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    await client.post("/agent/v1/report", json=report_of(host, stack_report(tenant)), headers=agent)
    await _shift(fleet, tenant, 600)
    health = await _health(fleet, tenant)
    assert health is not None
    assert not health.fresh
    assert {app.status for app in health.apps.values()} == {"unknown"}


async def test_uptime_is_the_share_of_time_that_reports_called_healthy(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    for status in ("healthy", "unhealthy", "healthy"):
        report = report_of(host, stack_report(tenant, status=status))
        await client.post("/agent/v1/report", json=report, headers=agent)
        await _shift(fleet, tenant, 30)
    health = await _health(fleet, tenant)
    assert health is not None
    # Healthy for 30 s, unhealthy for 30 s, healthy for 30 s until now.
    assert health.uptime is not None
    assert abs(health.uptime - 2 / 3) < 0.05


async def test_a_host_cannot_speak_of_a_stack_that_is_not_placed_on_it(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, _ = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    other, agent = await _shared_host(client, fleet)
    answer = await client.post("/agent/v1/report", json=report_of(other, stack_report(tenant)), headers=agent)
    assert answer.status_code == 204
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        assert await find_report(session, tenant.stack_id, other.id) is None
    assert await _health(fleet, tenant) is None


async def test_a_host_cannot_report_as_another(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, _ = await _shared_host(client, fleet)
    _, agent = await _shared_host(client, fleet)
    answer = await client.post("/agent/v1/report", json=report_of(host), headers=agent)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_report")


async def test_bandwidth_counts_once_however_often_its_total_is_reported(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    for total in (MIB // 2, 3 * MIB, 3 * MIB, 3 * MIB + 5):
        report = report_of(host, stack_report(tenant, bandwidth_bytes=total))
        await client.post("/agent/v1/report", json=report, headers=agent)
    assert await _usage(fleet, tenant) == [3 * MIB]
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await forget_report(session, tenant.stack_id, host.id)
    assert sorted(await _usage(fleet, tenant)) == [5, 3 * MIB]


async def test_a_report_marks_its_host_as_seen(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, agent = await _shared_host(client, fleet)
    before = await fleet.read(host.id)
    await client.post("/agent/v1/report", json=report_of(host), headers=agent)
    after = await fleet.read(host.id)
    assert (before.agent_version, after.agent_version) == ("", "1.0.0")
    async with fleet.database.platform_session() as session:
        now = await session.scalar(select(func.clock_timestamp()))
    assert after.last_seen_at is not None
    assert now is not None
    assert now - after.last_seen_at < timedelta(seconds=10)


async def test_a_host_that_lost_its_totals_is_not_charged_again_for_what_was_recorded(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    for total in (4 * MIB, 2 * MIB, 3 * MIB):
        report = report_of(host, stack_report(tenant, bandwidth_bytes=total))
        await client.post("/agent/v1/report", json=report, headers=agent)
    assert sorted(await _usage(fleet, tenant)) == [MIB, 4 * MIB]


async def test_a_result_that_comes_after_newer_reports_counts_nothing_twice(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    command_id = await fleet.command(tenant, host, kind="apply_stack", mode="running")
    newer = report_of(host, stack_report(tenant, bandwidth_bytes=4 * MIB))
    await client.post("/agent/v1/report", json=newer, headers=agent)
    older = StackApplied(generation=1, apps=stack_report(tenant, bandwidth_bytes=MIB).apps)
    result = CommandResult(status="succeeded", result=older).model_dump(mode="json")
    taken = await client.post(f"/agent/v1/commands/{command_id}/result", json=result, headers=agent)
    assert taken.status_code == 204
    await client.post("/agent/v1/report", json=newer, headers=agent)
    assert await _usage(fleet, tenant) == [4 * MIB]


async def test_a_result_and_a_report_never_wait_for_each_other(client: httpx.AsyncClient, fleet: Fleet) -> None:
    """The report of a stack locks what is known of it, and then its deployment: so must a result."""
    host, agent = await _shared_host(client, fleet)
    tenant = await _placed(fleet, host)
    deployment_id = await Tenancy(fleet.database, tenant.tenant_id, recipes_of()).created()
    command_id = await fleet.command(tenant, host, kind="apply_stack", mode="running")
    await client.post("/agent/v1/report", json=report_of(host, stack_report(tenant)), headers=agent)
    applied = StackApplied(generation=2, apps=stack_report(tenant).apps)
    result = CommandResult(status="succeeded", result=applied).model_dump(mode="json")
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await session.execute(update(Deployment).values(status="waiting"))
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await session.execute(select(StackReportRow).with_for_update())
        taking = asyncio.create_task(client.post(f"/agent/v1/commands/{command_id}/result", json=result, headers=agent))
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        await eventually(lambda: session.scalar(blocked))
        free = select(Deployment.id).with_for_update(nowait=True)
        assert await session.scalar(free) == deployment_id
    assert (await taking).status_code in {204, 503}  # 503 where the lock was kept too long; an agent asks again
