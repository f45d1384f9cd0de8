"""Shared hosts are started on the emulated account: one for each need, also when a start was interrupted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from libs.common.clock import SystemClock
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.sweeps import Sweep, run_sweep
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.hosts import repository
from services.provisioner.hosts.fleet import NAME, FleetRules, fleet_sweep
from services.provisioner.hosts.models import Host
from services.provisioner.resources.ledger import PLATFORM_TENANT
from services.provisioner.resources.models import ResourceRow
from tests.services.provisioner.hosts.world import TOKENS, Fleet
from tests.support.emulated_cloud import EmulatedCloud, cloud_port

RULES = FleetRules(
    most=2, warm=1, instance_type="t3.xlarge", memory_mib=16384, volume_gib=100, agent_url="http://127.0.0.1:9"
)


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[tuple[Cloud, EmulatedCloud]]:
    async with cloud_port(tmp_path) as opened:
        yield opened


def _sweep(fleet: Fleet, cloud: Cloud) -> Sweep:
    async def opened() -> Cloud:
        return cloud

    return fleet_sweep(RULES, fleet.database, opened, TOKENS)


async def _shared(fleet: Fleet) -> list[Host]:
    async with fleet.database.platform_session() as session:
        return await repository.list_shared(session)


async def test_one_host_is_kept_warm_and_the_ledger_knows_all_that_it_took(
    fleet: Fleet, account: tuple[Cloud, EmulatedCloud]
) -> None:
    cloud, emulated = account
    sweep = _sweep(fleet, cloud)
    started = [await run_sweep(sweep, database=fleet.database, clock=SystemClock()) for _ in range(3)]
    assert started == [1, 0, 0]
    [host] = await _shared(fleet)
    assert emulated.listed("instance", host.name) == [host.instance_id]
    async with fleet.database.tenant_session(PLATFORM_TENANT) as session:
        rows = {(row.kind, row.name): row for row in await session.scalars(select(ResourceRow))}
    assert rows["ec2_instance", host.name].external_id == host.instance_id
    assert {row.state for row in rows.values()} == {"exists"}
    assert {("security_group", NAME), ("iam_role", NAME)} < rows.keys()


@pytest.mark.parametrize("place", ["fleet.host.opened", "fleet.instance.made"])
async def test_a_start_that_was_interrupted_is_finished_and_makes_no_second_machine(
    fleet: Fleet, account: tuple[Cloud, EmulatedCloud], place: str
) -> None:
    cloud, emulated = account
    sweep = _sweep(fleet, cloud)
    configure_failpoints(f"{place}:1:raise")
    with pytest.raises(FailpointReached):
        await run_sweep(sweep, database=fleet.database, clock=SystemClock())
    configure_failpoints("")
    assert await run_sweep(sweep, database=fleet.database, clock=SystemClock()) == 1
    [host] = await _shared(fleet)
    assert emulated.listed("instance", host.name) == [host.instance_id]


async def test_stacks_that_wait_bring_another_host_up_to_the_limit(
    fleet: Fleet, account: tuple[Cloud, EmulatedCloud]
) -> None:
    cloud, _ = account
    sweep = _sweep(fleet, cloud)
    for _ in range(9):
        await fleet.take_slot(await fleet.tenant(), memory_mib=7000)
    await run_sweep(sweep, database=fleet.database, clock=SystemClock())
    assert len(await _shared(fleet)) == RULES.most
