"""Outbox, relay and consumer: nothing announced is lost, nothing counts twice."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from libs.adapters.bus import BusSettings, open_bus
from libs.common.access_mode import AccessModes, apply_access_change
from libs.common.consumer import Consumer
from libs.common.database import Database
from libs.common.events import announce
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.messages import MessageBus
from libs.common.relay import relay_once
from libs.contracts.billing import TenantAccessChanged
from tests.libs.common.sample.service import Note, NoteWritten, copy_note


@pytest.fixture
async def bus(bus_form: BusSettings) -> AsyncIterator[MessageBus]:
    async with open_bus(bus_form) as bus:
        yield bus


@pytest.fixture
async def consumer(database: Database, bus: MessageBus) -> Consumer:
    consumer = Consumer(
        f"sample-{uuid4().hex[:8]}",
        {NoteWritten: copy_note, TenantAccessChanged: apply_access_change},
        database=database,
        bus=bus,
    )
    await bus.ensure(consumer.queue, consumer.event_types)
    return consumer


async def _announce(database: Database, tenant_id: UUID, words: str) -> NoteWritten:
    event = NoteWritten(tenant_id=tenant_id, text=words)
    async with database.tenant_session(tenant_id) as session:
        await announce(session, event)
    return event


async def _drain(database: Database, bus: MessageBus, consumer: Consumer) -> None:
    while await relay_once(database, bus):
        pass
    while await consumer.consume_once(wait_seconds=0):
        pass


async def _notes(database: Database, tenant_id: UUID) -> int:
    async with database.tenant_session(tenant_id) as session:
        return await session.scalar(select(func.count()).select_from(Note)) or 0


async def test_what_is_announced_is_applied_once(database: Database, bus: MessageBus, consumer: Consumer) -> None:
    tenant_id = uuid4()
    await _announce(database, tenant_id, "hello")
    await _drain(database, bus, consumer)
    assert await _notes(database, tenant_id) == 1


async def test_a_transaction_that_fails_announces_nothing(
    database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    with pytest.raises(RuntimeError):
        async with database.tenant_session(tenant_id) as session:
            await announce(session, NoteWritten(tenant_id=tenant_id, text="never"))
            raise RuntimeError
    await _drain(database, bus, consumer)
    assert await _notes(database, tenant_id) == 0


@pytest.mark.parametrize("place", ["relay.publish.after", "relay.publish.before"])
async def test_a_relay_that_dies_around_publishing_loses_nothing_and_doubles_nothing(
    place: str, database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    await _announce(database, tenant_id, "hello")
    configure_failpoints(f"{place}:1:raise")
    try:
        with pytest.raises(FailpointReached):
            await relay_once(database, bus)
    finally:
        configure_failpoints("")
    await _drain(database, bus, consumer)
    assert await _notes(database, tenant_id) == 1


@pytest.mark.parametrize("place", ["consumer.commit.before", "consumer.delete.before"])
async def test_a_consumer_that_dies_around_its_commit_applies_once(
    place: str, database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    await _announce(database, tenant_id, "hello")
    await relay_once(database, bus)
    [delivery] = await bus.receive(consumer.queue, wait_seconds=0)
    configure_failpoints(f"{place}:1:raise")
    try:
        with pytest.raises(FailpointReached):
            await consumer._settle(delivery)
    finally:
        configure_failpoints("")
    await consumer._settle(delivery)
    assert await _notes(database, tenant_id) == 1


async def test_two_consumers_of_one_message_apply_it_once(
    database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    await _announce(database, tenant_id, "hello")
    await relay_once(database, bus)
    [delivery] = await bus.receive(consumer.queue, wait_seconds=0)
    await asyncio.gather(*(consumer.apply(delivery) for _ in range(5)))
    assert await _notes(database, tenant_id) == 1


async def test_a_message_that_cannot_be_applied_does_not_hold_up_the_others(
    database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    await _announce(database, tenant_id, "poison")
    await _announce(database, tenant_id, "fine")
    await _drain(database, bus, consumer)
    assert await _notes(database, tenant_id) == 1


async def test_an_older_state_that_comes_late_changes_nothing(
    database: Database, bus: MessageBus, consumer: Consumer
) -> None:
    tenant_id = uuid4()
    for version, mode in ((2, "suspended"), (1, "read_only")):
        async with database.tenant_session(tenant_id) as session:
            await announce(
                session, TenantAccessChanged.model_validate({"tenant_id": tenant_id, "version": version, "mode": mode})
            )
    await _drain(database, bus, consumer)
    assert await AccessModes(database).mode(tenant_id) == "suspended"
