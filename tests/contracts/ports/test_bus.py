"""The contract of the bus, on both of its forms."""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.bus import (
    AwsBusSettings,
    Bus,
    BusMessage,
    BusSettings,
    DeadLetterMissing,
    Delivery,
    LocalBusSettings,
    MessageTooLarge,
    QueueDepth,
    QueueMissing,
    open_bus,
)
from libs.adapters.bus.schema import prepare_bus_database
from tests.support.servers import PostgresServer


async def bus_database(server: PostgresServer) -> str:
    name = f"bus_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    await prepare_bus_database(server.dsn(name))
    return server.dsn(name)


@pytest.fixture(scope="module", params=["local", "aws"])
async def bus_settings(request: pytest.FixtureRequest) -> BusSettings:
    if request.param == "local":
        dsn = await bus_database(request.getfixturevalue("postgres"))
        return LocalBusSettings.model_validate({"dsn": dsn, "visibility_seconds": 30})
    aws: AwsSettings = request.getfixturevalue("aws")
    return AwsBusSettings(aws=aws, name=f"test{secrets.token_hex(4)}")


@pytest.fixture(scope="module")
async def bus(bus_settings: BusSettings) -> AsyncIterator[Bus]:
    async with open_bus(bus_settings) as bus:
        yield bus


@pytest.fixture
def queue() -> str:
    return f"q{secrets.token_hex(4)}"


def message(type_: str, number: int = 0) -> BusMessage:
    return BusMessage(
        id=f"event-{number}", type=type_, body=f'{{"number": {number}}}', attributes={"traceparent": "00-ab-cd-01"}
    )


async def drained(bus: Bus, queue: str) -> list[Delivery]:
    found: list[Delivery] = []
    while came := await bus.receive(queue, limit=100, wait_seconds=0):
        found += came
    return found


async def received_until_dead(bus: Bus, queue: str) -> None:
    for _ in range(5):
        [delivery] = await bus.receive(queue, wait_seconds=5)
        await bus.change_visibility(queue, [delivery.receipt], seconds=0)
    assert await bus.receive(queue, wait_seconds=0) == []


async def test_a_message_reaches_every_queue_that_asked_for_its_type_and_no_other(bus: Bus, queue: str) -> None:
    first, second, third = f"{queue}a", f"{queue}b", f"{queue}c"
    await bus.ensure(first, [f"{queue}.made.v1", f"{queue}.gone.v1"])
    await bus.ensure(second, [f"{queue}.made.v1"])
    await bus.ensure(third, [f"{queue}.gone.v1"])

    await bus.publish([message(f"{queue}.made.v1", 7)])

    for name in (first, second):
        [delivery] = await bus.receive(name, wait_seconds=5)
        assert delivery.type == f"{queue}.made.v1"
        assert delivery.body == '{"number": 7}'
        assert delivery.attributes == {"traceparent": "00-ab-cd-01"}
        assert delivery.receive_count == 1
    assert await bus.receive(third, wait_seconds=0) == []


async def test_a_batch_larger_than_ten_arrives_whole(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])

    await bus.publish([message(queue, number) for number in range(37)])

    found = await drained(bus, queue)
    assert sorted(delivery.body for delivery in found) == sorted(message(queue, n).body for n in range(37))


async def test_publishing_nothing_is_allowed(bus: Bus) -> None:
    await bus.publish([])


async def test_a_received_message_is_hidden_until_its_time_is_over(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue)])

    [first] = await bus.receive(queue, wait_seconds=5)
    assert await bus.receive(queue, wait_seconds=0) == []
    await bus.change_visibility(queue, [first.receipt], seconds=0)
    [second] = await bus.receive(queue, wait_seconds=5)

    assert second.message_id == first.message_id
    assert second.receive_count == 2


async def test_a_deleted_message_does_not_come_back(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue, number) for number in range(12)])

    found = await bus.receive(queue, limit=20, wait_seconds=5)
    await bus.change_visibility(queue, [delivery.receipt for delivery in found], seconds=0)
    again = await drained(bus, queue)
    await bus.delete(queue, [delivery.receipt for delivery in again])

    assert len(found) == len(again) == 12
    assert await bus.depth(queue) == QueueDepth(waiting=0, in_flight=0, dead=0)


async def test_deleting_twice_is_harmless(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue)])
    [delivery] = await bus.receive(queue, wait_seconds=5)

    await bus.delete(queue, [delivery.receipt])
    await bus.delete(queue, [delivery.receipt])


async def test_a_waiting_receiver_gets_a_message_as_soon_as_it_is_published(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    waiting = asyncio.create_task(bus.receive(queue, wait_seconds=20))
    while not waiting.done() and (await bus.depth(queue)).waiting == 0:
        await bus.publish([message(queue)])
    started = time.monotonic()

    assert await asyncio.wait_for(waiting, 5)
    assert time.monotonic() - started < 3


async def test_a_receiver_that_finds_nothing_waits_as_long_as_it_was_told(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    started = time.monotonic()

    assert await bus.receive(queue, wait_seconds=1) == []

    assert 0.9 <= time.monotonic() - started < 4


async def test_many_receivers_share_the_messages(bus: Bus, bus_settings: BusSettings, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue, number) for number in range(40)])

    batches = await asyncio.gather(*(bus.receive(queue, limit=10, wait_seconds=1) for _ in range(6)))

    ids = [delivery.message_id for batch in batches for delivery in batch]
    assert len(set(ids)) == 40
    if isinstance(bus_settings, LocalBusSettings):  # SQS promises at least once: now and then two get the same one
        assert len(ids) == 40


async def test_a_message_is_a_dead_letter_after_five_receives(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue, 3)])

    await received_until_dead(bus, queue)

    assert await bus.depth(queue) == QueueDepth(waiting=0, in_flight=0, dead=1)
    [letter] = await bus.list_dead_letters(queue)
    assert (letter.type, letter.body) == (queue, '{"number": 3}')
    assert letter.attributes == {"traceparent": "00-ab-cd-01"}
    assert await bus.read_dead_letter(queue, letter.id) == letter or letter.receive_count >= 5
    with pytest.raises(DeadLetterMissing):
        await bus.read_dead_letter(queue, "00000000-0000-0000-0000-000000000000")


async def test_a_redriven_dead_letter_is_delivered_as_new(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.publish([message(queue, 4)])
    await received_until_dead(bus, queue)

    assert await bus.redrive(queue) == 1

    [delivery] = await bus.receive(queue, wait_seconds=5)
    assert (delivery.type, delivery.body, delivery.receive_count) == (queue, '{"number": 4}', 1)
    assert delivery.attributes == {"traceparent": "00-ab-cd-01"}
    assert await bus.list_dead_letters(queue) == []
    assert await bus.redrive(queue) == 0


async def test_only_the_named_dead_letters_are_redriven(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    for number in (1, 2):
        await bus.publish([message(queue, number)])
        await received_until_dead(bus, queue)
    [wanted] = [letter for letter in await bus.list_dead_letters(queue) if letter.body == '{"number": 2}']

    assert await bus.redrive(queue, [wanted.id]) == 1

    assert [delivery.body for delivery in await bus.receive(queue, wait_seconds=5)] == ['{"number": 2}']
    assert [letter.body for letter in await bus.list_dead_letters(queue)] == ['{"number": 1}']


async def test_ensuring_a_queue_again_changes_its_filter_and_keeps_its_messages(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [f"{queue}.a"])
    await bus.publish([message(f"{queue}.a", 1)])
    await bus.ensure(queue, [f"{queue}.b"])

    await bus.publish([message(f"{queue}.a", 2), message(f"{queue}.b", 3)])

    assert sorted(delivery.body for delivery in await drained(bus, queue)) == ['{"number": 1}', '{"number": 3}']


async def test_a_queue_without_types_gets_nothing(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    await bus.ensure(queue, [])

    await bus.publish([message(queue)])

    assert await bus.receive(queue, wait_seconds=0) == []
    assert queue in await bus.queues()


async def test_an_unknown_queue_is_named_as_such(bus: Bus) -> None:
    with pytest.raises(QueueMissing):
        await bus.receive("never-made", wait_seconds=0)
    with pytest.raises(QueueMissing):
        await bus.depth("never-made")


async def test_a_message_over_the_limit_of_sns_is_refused_and_nothing_is_sent(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])
    large = BusMessage(id="large", type=queue, body="x" * 256 * 1024)

    with pytest.raises(MessageTooLarge):
        await bus.publish([message(queue), large])

    assert await bus.receive(queue, wait_seconds=0) == []


async def test_large_messages_are_spread_over_batches(bus: Bus, queue: str) -> None:
    await bus.ensure(queue, [queue])

    await bus.publish([BusMessage(id=str(n), type=queue, body="x" * 100_000) for n in range(5)])

    assert len(await drained(bus, queue)) == 5


async def test_the_bus_answers_a_ping(bus: Bus) -> None:
    await bus.ping()
