"""Stacks are packed tightly, never beyond a host's memory; a full fleet queues them in the order of their coming."""

import asyncio

import pytest

from services.provisioner.hosts import lookups
from services.provisioner.hosts.fleet import FleetRules, hosts_to_start
from services.provisioner.hosts.models import Host
from services.provisioner.hosts.sizes import dedicated_size, shared_size, usable_mib
from services.provisioner.stack_apps.catalogue import stack_memory_mib
from tests.services.provisioner.hosts.world import STACK_MIB, Fleet

SMALL = stack_memory_mib(shared_size())


async def test_a_stack_goes_to_the_fullest_host_that_has_room(fleet: Fleet) -> None:
    roomy = await fleet.host(memory_mib=4 * STACK_MIB)
    tight = await fleet.host(memory_mib=STACK_MIB)
    places = [await fleet.take_slot(await fleet.tenant()) for _ in range(2)]
    assert [place.host_id for place in places if place] == [tight.id, roomy.id]
    assert (await fleet.read(tight.id)).reserved_mib == STACK_MIB


async def test_dedicated_starting_and_retired_hosts_take_nobody(fleet: Fleet) -> None:
    await fleet.host(kind="dedicated")
    await fleet.host(ready=False)
    assert await fleet.take_slot(await fleet.tenant()) is None


async def test_a_full_fleet_queues_and_a_freed_slot_goes_to_who_asks_next(fleet: Fleet) -> None:
    host = await fleet.host(memory_mib=STACK_MIB)
    first, second, third = [await fleet.tenant() for _ in range(3)]
    assert await fleet.take_slot(first) is not None
    assert await fleet.take_slot(second) is None
    assert await fleet.take_slot(third) is None
    assert await fleet.take_slot(second) is None
    queue = await lookups.places(fleet.database, None)
    assert [place.stack_id for place in queue] == [second.stack_id, third.stack_id]
    await fleet.leave(first, host.id)
    place = await fleet.take_slot(second)
    assert place is not None
    assert place.host_id == host.id
    assert [place.stack_id for place in await lookups.places(fleet.database, None)] == [third.stack_id]


async def test_many_at_once_never_take_more_than_there_is(fleet: Fleet) -> None:
    host = await fleet.host(memory_mib=3 * STACK_MIB)
    tenants = [await fleet.tenant() for _ in range(6)]
    places = await asyncio.gather(*(fleet.take_slot(tenant) for tenant in tenants))
    assert sum(place is not None for place in places) == 3
    assert (await fleet.read(host.id)).reserved_mib == 3 * STACK_MIB
    assert len(await lookups.places(fleet.database, None)) == 3


async def test_leaving_gives_the_memory_back_once(fleet: Fleet) -> None:
    host, tenant = await fleet.host(), await fleet.tenant()
    await fleet.take_slot(tenant)
    await fleet.leave(tenant, host.id)
    await fleet.leave(tenant, host.id)
    assert (await fleet.read(host.id)).reserved_mib == 0


async def test_stacks_of_one_host_have_entrances_of_their_own(fleet: Fleet) -> None:
    await fleet.host()
    places = [await fleet.take_slot(await fleet.tenant()) for _ in range(4)]
    ports = {place.ingress_port for place in places if place}
    assert len(ports) == 4


def _rules(*, most: int = 5, warm: int = 1) -> FleetRules:
    return FleetRules(
        most=most, warm=warm, instance_type="t3.xlarge", memory_mib=16384, volume_gib=100, agent_url="http://plane"
    )


def _host(free_mib: int) -> Host:
    return Host(kind="shared", status="ready", memory_mib=usable_mib(16384), reserved_mib=usable_mib(16384) - free_mib)


@pytest.mark.parametrize(
    ("free", "queued", "most", "warm", "lacking"),
    [
        ([], 0, 5, 1, 1),
        ([], 0, 5, 0, 0),
        ([SMALL], 0, 5, 1, 0),
        ([SMALL - 1], 0, 5, 1, 1),
        ([SMALL], 1, 5, 1, 1),
        ([SMALL - 1], 9, 5, 0, 2),
        ([SMALL - 1], 9, 2, 1, 1),
        ([0, 0], 9, 2, 1, 0),
    ],
)
def test_the_fleet_grows_for_those_who_wait_and_for_the_next_one_up_to_its_limit(
    free: list[int], queued: int, most: int, warm: int, lacking: int
) -> None:
    hosts = [_host(each) for each in free]
    assert hosts_to_start(_rules(most=most, warm=warm), hosts, [SMALL] * queued) == lacking


def test_every_plans_machine_holds_a_stack_as_large_as_it_can() -> None:
    assert [dedicated_size(mib) for mib in (1024, 4096, 8192, 16384)] == [None, "medium", "large", "xlarge"]
    for mib in (4096, 8192, 16384):
        size = dedicated_size(mib)
        assert size is not None
        assert stack_memory_mib(size) <= usable_mib(mib)
