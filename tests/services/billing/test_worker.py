"""The worker as it runs: bus in, bus out, Stripe's events worked off the moment they come."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.messages import BusMessage, Delivery
from libs.common.worker import work
from libs.contracts.auth import TenantCreated
from services.billing.app import SERVICE
from services.billing.context import BillingContext
from services.billing.settings import BillingSettings
from tests.services.billing.world import World
from tests.support.eventually import eventually


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    @asynccontextmanager
    async def opened(_settings: BillingSettings) -> AsyncIterator[BillingContext]:
        yield world.context

    stop = asyncio.Event()
    worker = asyncio.create_task(work(replace(SERVICE, open_context=opened), world.context.settings, stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def test_from_sign_up_to_the_activation_on_the_bus(world: World) -> None:
    bus = world.context.bus
    probe = f"probe-{new_id()}"
    await bus.ensure(probe, ["billing.subscription.activated.v1"])
    event = TenantCreated(tenant_id=new_id(), user_id=new_id(), slug="baecker-k3x9", plan="trial")
    async with working(world):
        await eventually(lambda: _is_listening(world))
        await bus.publish([BusMessage(id=str(event.id), type=event.type, body=event.model_dump_json())])
        await eventually(lambda: world.events(event.tenant_id, "billing.trial.started.v1"))
        deliveries = await world.paid_checkout(event.tenant_id)

        began = time.monotonic()
        for delivery in deliveries:
            assert (await world.deliver(delivery)).status_code == 202
        received: list[Delivery] = []
        while not any(str(event.tenant_id) in one.body for one in received):
            received += await bus.receive(probe, wait_seconds=5)
        took = time.monotonic() - began

    assert sum(str(event.tenant_id) in one.body for one in received) == 1
    assert took < 3, "it waited for a poll instead of being woken"


async def _is_listening(world: World) -> bool:
    async with world.context.database.system_session() as session:
        listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        return (await session.scalar(text(listening)) or 0) >= 2
