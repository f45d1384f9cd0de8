"""Messages that come twice, ten times, late or backwards, and processes that die while they carry them."""

import random
from collections.abc import Sequence
from signal import SIGKILL
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from libs.adapters.bus import open_bus
from libs.adapters.bus.settings import LocalBusSettings
from libs.common.events import Event, announce
from libs.common.messages import BusMessage
from libs.common.platform_tables import InboxRow, OutboxRow
from libs.contracts.billing import SubscriptionActivated
from tests.faults.messages import QUEUE, created, handlers
from tests.faults.scene import Scene, holds
from tests.support.buses import bus_settings
from tests.support.servers import PostgresServer

AROUND_PUBLISHING = (
    "relay.publish.before", "bus.publish.before", "bus.publish.after", "relay.publish.after",
    "database.commit.before", "database.commit.after",
)  # fmt: skip
AROUND_DELETING = (
    "bus.receive.after", "consumer.commit.before", "database.commit.before", "database.commit.after",
    "consumer.delete.before", "bus.delete.before", "bus.delete.after",
)  # fmt: skip


@pytest.fixture
async def bus(postgres: PostgresServer, scene: Scene) -> LocalBusSettings:
    """An empty queue of the provisioner's; a message whose receiver died comes back at once."""
    settings = await bus_settings(postgres, visibility_seconds=0.3)
    async with open_bus(settings) as opened:
        await opened.ensure(QUEUE, [event.type for event in handlers()])
        while deliveries := await opened.receive(QUEUE, wait_seconds=0):
            await opened.delete(QUEUE, [each.receipt for each in deliveries])
    return settings


def activated(scene: Scene, version: int) -> SubscriptionActivated:
    return SubscriptionActivated(
        tenant_id=scene.tenancy.tenant_id, version=version, subscription_id=uuid4(), plan="business"
    )


async def publish(bus: LocalBusSettings, events: Sequence[Event]) -> None:
    async with open_bus(bus) as opened:
        for event in events:
            await opened.publish([BusMessage(id=str(event.id), type=event.type, body=event.model_dump_json())])


def arguments(scene: Scene, bus: LocalBusSettings) -> dict[str, str]:
    return {**scene.database_urls(), "bus_dsn": bus.dsn.get_secret_value()}


async def consume(scene: Scene, bus: LocalBusSettings, *, failpoints: str = "") -> int:
    """Runs a consumer until the queue is empty, or until it is killed."""
    worker = scene.nursery.start("tests.faults.programs:consumer", arguments(scene, bus), failpoints=failpoints)
    status = await worker.ended()
    assert status in (0, -SIGKILL), worker.said()[-3000:]
    return status


async def consume_all(scene: Scene, bus: LocalBusSettings) -> None:
    """Consumers follow each other until nothing is waiting, in flight, or dead."""
    async with open_bus(bus) as opened:
        while True:
            assert await consume(scene, bus) == 0
            depth = await opened.depth(QUEUE)
            assert depth.dead == 0
            if depth.waiting + depth.in_flight == 0:
                return


async def finished(scene: Scene) -> list[tuple[str, str]]:
    """Runs everything that is queued; kind and status of each deployment, oldest first."""
    worker = scene.start_worker()
    for deployment in reversed(await scene.tenancy.deployments()):
        await scene.final(deployment.id)
    await worker.stop()
    return [(each.kind, each.status) for each in reversed(await scene.tenancy.deployments())]


def ten_times(*events: Event) -> list[Event]:
    return [event for event in events for _ in range(10)]


async def test_each_event_ten_times_makes_one_deployment_each(scene: Scene, bus: LocalBusSettings) -> None:
    await publish(bus, ten_times(created(scene.tenancy.tenant_id), activated(scene, 1)))
    await consume_all(scene, bus)
    assert await finished(scene) == [("create", "succeeded"), ("convert", "succeeded")]
    await holds(scene, [each.id for each in reversed(await scene.tenancy.deployments())])


async def test_an_activation_that_comes_before_its_tenant_builds_the_paid_stack_at_once(
    scene: Scene, bus: LocalBusSettings
) -> None:
    await publish(bus, ten_times(activated(scene, 1), created(scene.tenancy.tenant_id)))
    await consume_all(scene, bus)
    assert await finished(scene) == [("create", "succeeded")]
    stack = await scene.tenancy.stack()
    assert (stack.host_kind, stack.plan_version) == ("dedicated", 1)
    await holds(scene, [each.id for each in await scene.tenancy.deployments()])


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_with_copies_ends_on_the_paid_plan_with_at_most_two_deployments(
    scene: Scene, bus: LocalBusSettings, seed: int
) -> None:
    events = ten_times(created(scene.tenancy.tenant_id), activated(scene, 1), activated(scene, 2))
    random.Random(seed).shuffle(events)
    await publish(bus, events)
    await consume_all(scene, bus)
    outcome = await finished(scene)
    assert outcome in ([("create", "succeeded")], [("create", "succeeded"), ("convert", "succeeded")])
    stack = await scene.tenancy.stack()
    assert (stack.host_kind, stack.plan_version) == ("dedicated", 2)
    await holds(scene, [each.id for each in reversed(await scene.tenancy.deployments())])


@pytest.mark.parametrize("place", AROUND_DELETING)
async def test_a_consumer_killed_around_its_commit_and_its_delete_loses_and_doubles_nothing(
    scene: Scene, bus: LocalBusSettings, place: str
) -> None:
    event = created(scene.tenancy.tenant_id)
    await publish(bus, [event])
    assert await consume(scene, bus, failpoints=f"{place}:1:kill") == -SIGKILL
    await consume_all(scene, bus)
    assert [each.cause for each in await scene.tenancy.deployments()] == [f"event:{event.id}"]
    async with scene.database.tenant_session(scene.tenancy.tenant_id) as session:
        applied = select(func.count()).select_from(InboxRow).where(InboxRow.id == event.id)
        assert await session.scalar(applied) == 1


@pytest.mark.parametrize("place", AROUND_PUBLISHING)
async def test_a_relay_killed_around_publishing_tells_every_event_at_least_once(
    scene: Scene, bus: LocalBusSettings, place: str
) -> None:
    await clear_outbox(scene)
    events: list[Event] = [created(scene.tenancy.tenant_id), activated(scene, 1)]
    async with scene.database.tenant_session(scene.tenancy.tenant_id) as session:
        await announce(session, *events)
    target = "tests.faults.programs:relay"
    killed = scene.nursery.start(target, arguments(scene, bus), failpoints=f"{place}:1:kill")
    assert await killed.ended() == -SIGKILL
    assert await scene.nursery.start(target, arguments(scene, bus)).ended() == 0
    assert await unpublished(scene) == 0
    await consume_all(scene, bus)
    async with scene.database.tenant_session(scene.tenancy.tenant_id) as session:
        applied = set(await session.scalars(select(InboxRow.id)))
    assert {event.id for event in events} <= applied
    assert len(await scene.tenancy.deployments()) in (1, 2)
    assert (await scene.tenancy.stack()).plan_version == 1


async def test_after_a_chain_of_kills_the_outbox_drains_to_the_last_event(scene: Scene, bus: LocalBusSettings) -> None:
    deployment_id = await scene.tenancy.created()
    assert deployment_id is not None
    await scene.kill_in_turn(deployment_id, ["engine.finish.before_commit", "engine.finish.after_commit"])
    while await unpublished(scene):
        relay = scene.nursery.start("tests.faults.programs:relay", arguments(scene, bus))
        assert await relay.ended() == 0
    await holds(scene, [deployment_id])


async def unpublished(scene: Scene) -> int:
    async with scene.database.system_session() as session:
        left = select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None))
        return await session.scalar(left) or 0


async def clear_outbox(scene: Scene) -> None:
    async with scene.database.system_session() as session:
        await session.execute(text("DELETE FROM outbox"))
