"""What only the embedded bus has to prove: it never asks while it waits, and outlives its connections."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.adapters.bus import Bus, BusMessage, BusUnavailable, LocalBusSettings, open_bus
from libs.adapters.bus.schema import prepare_bus_database
from libs.common.failpoints import FailpointReached, configure_failpoints
from tests.support.eventually import eventually
from tests.support.servers import PostgresServer

TYPE = "test.thing.made.v1"


@pytest.fixture(scope="module")
async def dsn(postgres: PostgresServer) -> str:
    name = f"bus_local_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    await prepare_bus_database(postgres.dsn(name))
    return postgres.dsn(name)


@pytest.fixture
async def bus(dsn: str) -> AsyncIterator[Bus]:
    settings = LocalBusSettings.model_validate({"dsn": dsn, "visibility_seconds": 0.5})
    async with open_bus(settings) as bus:
        yield bus


@pytest.fixture
async def observer(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def queue(bus: Bus) -> str:
    name = f"q{secrets.token_hex(4)}"
    await bus.ensure(name, [TYPE])
    return name


def message() -> BusMessage:
    return BusMessage(id="e", type=TYPE, body="{}")


async def waiting_for_a_ring(observer: asyncpg.Connection) -> bool:
    listening = "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
    return bool(await observer.fetchval(listening))


async def test_preparing_the_database_again_changes_nothing(dsn: str, bus: Bus, queue: str) -> None:
    await bus.publish([message()])

    await asyncio.gather(prepare_bus_database(dsn), prepare_bus_database(dsn))

    assert (await bus.depth(queue)).waiting == 1


async def test_a_publish_wakes_a_waiting_receiver_of_another_process(
    dsn: str, bus: Bus, queue: str, observer: asyncpg.Connection
) -> None:
    waiting = asyncio.create_task(bus.receive(queue, wait_seconds=20))
    await eventually(lambda: waiting_for_a_ring(observer))
    async with open_bus(LocalBusSettings.model_validate({"dsn": dsn})) as other:
        await other.publish([message()])
        assert await asyncio.wait_for(waiting, 15)


async def test_a_hidden_message_comes_back_when_its_time_is_over_without_a_ring(bus: Bus, queue: str) -> None:
    await bus.publish([message()])
    [first] = await bus.receive(queue, wait_seconds=0)

    [second] = await asyncio.wait_for(bus.receive(queue, wait_seconds=20), 15)

    assert second.message_id == first.message_id


async def test_the_receipt_of_an_earlier_receive_deletes_nothing(bus: Bus, queue: str) -> None:
    await bus.publish([message()])
    [late] = await bus.receive(queue, wait_seconds=0)
    [current] = await bus.receive(queue, wait_seconds=5)

    await bus.delete(queue, [late.receipt])
    await bus.change_visibility(queue, [late.receipt], seconds=600)

    assert [again.message_id for again in await bus.receive(queue, wait_seconds=5)] == [current.message_id]


async def test_a_waiting_receiver_asks_the_database_only_a_few_times(
    bus: Bus, queue: str, observer: asyncpg.Connection
) -> None:
    transactions = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
    await bus.receive(queue, wait_seconds=0)
    await observer.execute("select pg_stat_force_next_flush()")
    before = await observer.fetchval(transactions)

    assert await bus.receive(queue, wait_seconds=2) == []

    await observer.execute("select pg_stat_force_next_flush()")
    # Idle connections report what they did before up to ten seconds late; asking without a pause makes hundreds.
    assert await observer.fetchval(transactions) - before < 40


async def test_a_message_that_another_is_taking_holds_nobody_up(
    bus: Bus, queue: str, observer: asyncpg.Connection
) -> None:
    await bus.publish([message(), message()])
    async with observer.transaction():
        await observer.execute("select 1 from message where queue = $1 limit 1 for update", queue)

        deliveries = await asyncio.wait_for(bus.receive(queue, wait_seconds=0), 5)

    assert len(deliveries) == 1


async def test_a_receiver_finds_messages_again_after_its_connections_were_cut(
    bus: Bus, queue: str, observer: asyncpg.Connection
) -> None:
    waiting = asyncio.create_task(bus.receive(queue, wait_seconds=20))
    await eventually(lambda: waiting_for_a_ring(observer))
    await observer.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )

    async def published() -> bool:
        try:
            await bus.publish([message()])
        except BusUnavailable:
            return False
        return True

    await eventually(published)
    [found] = await asyncio.gather(waiting, return_exceptions=True)
    assert found if isinstance(found, list) else await bus.receive(queue, wait_seconds=5)


async def test_a_message_older_than_the_retention_is_forgotten(dsn: str, queue: str, bus: Bus) -> None:
    await bus.publish([message()])
    short = LocalBusSettings.model_validate({"dsn": dsn, "retention_seconds": 0.001})

    async with open_bus(short) as other:
        await other.ensure(queue, [TYPE])
        assert await other.receive(queue, wait_seconds=0) == []


async def test_a_database_that_is_away_is_unavailable() -> None:
    settings = LocalBusSettings.model_validate({"dsn": "postgresql://a:b@127.0.0.1:1/bus"})
    async with open_bus(settings) as bus:
        with pytest.raises(BusUnavailable):
            await bus.publish([message()])
        with pytest.raises(BusUnavailable):
            await bus.ping()


async def test_an_empty_database_says_what_to_do(postgres: PostgresServer) -> None:
    settings = LocalBusSettings.model_validate({"dsn": postgres.dsn()})
    async with open_bus(settings) as bus:
        with pytest.raises(BusUnavailable, match="migrate"):
            await bus.queues()


@pytest.mark.parametrize(("place", "left"), [("bus.publish.before", 0), ("bus.publish.after", 1)])
async def test_a_failure_around_a_publish_has_all_of_the_effect_or_none(
    bus: Bus, queue: str, place: str, left: int
) -> None:
    configure_failpoints(f"{place}:1:raise")
    try:
        with pytest.raises(FailpointReached):
            await bus.publish([message()])
    finally:
        configure_failpoints("")

    assert (await bus.depth(queue)).waiting == left
