"""A trial's life on a real database, by a clock that the test moves."""

import asyncio
from datetime import timedelta
from uuid import UUID

from libs.common.consumer import Consumer
from libs.common.ids import new_id
from libs.common.messages import Delivery
from libs.contracts.auth import TenantCreated
from services.billing.app import SERVICE
from services.billing.trials.service import start_trial
from services.billing.trials.sweeps import trial_sweep
from tests.services.billing.world import World
from tests.support.identities import as_service

DAY = timedelta(days=1)
CHANGED = "billing.trial.changed.v1"
ACCESS = "billing.tenant_access.changed.v1"


async def summary(world: World, tenant_id: UUID) -> dict[str, object]:
    answer = await world.client.get(
        f"/internal/tenants/{tenant_id}/billing-summary", headers=as_service("gateway", to="billing")
    )
    assert answer.status_code == 200, answer.text
    trial: dict[str, object] = answer.json()["trial"]
    return trial


async def test_signing_up_starts_one_trial_however_often_the_event_comes(world: World) -> None:
    event = TenantCreated(tenant_id=new_id(), user_id=new_id(), slug="baecker-k3x9", plan="trial")
    consumer = Consumer(
        "billing", SERVICE.handlers(world.context), database=world.context.database, bus=world.context.bus
    )
    delivery = Delivery(receipt="r", message_id="m", type=event.type, body=event.model_dump_json(), receive_count=1)
    other_id = delivery.body.replace(str(event.id), str(new_id()))

    await consumer.apply(delivery)
    await consumer.apply(delivery)
    await consumer.apply(Delivery(receipt="r2", message_id="m2", type=event.type, body=other_id, receive_count=1))

    [started] = await world.events(event.tenant_id, "billing.trial.started.v1")
    assert started["ends_at"] == "2026-01-15T00:00:00Z"
    assert started["grace_ends_at"] == "2026-01-18T00:00:00Z"
    assert await summary(world, event.tenant_id) == {
        "status": "active",
        "ends_at": "2026-01-15T00:00:00Z",
        "days_left": 14,
    }


async def test_a_trial_warns_turns_read_only_and_is_suspended(world: World) -> None:
    tenant_id = await world.new_tenant()
    seen = []
    for _ in range(18):
        await world.advance(DAY)
        warned = [event["days_left"] for event in await world.events(tenant_id, "billing.trial.ending.v1")]
        seen.append((warned, (await summary(world, tenant_id))["status"], await world.mode(tenant_id)))

    assert seen[5] == ([], "active", "full")
    assert seen[6] == ([7], "active", "full")
    assert seen[10] == ([7, 3], "active", "full")
    assert seen[12] == ([7, 3, 1], "active", "full")
    assert seen[13] == ([7, 3, 1], "grace", "read_only")
    assert seen[15] == ([7, 3, 1], "grace", "read_only")
    assert seen[16] == seen[17] == ([7, 3, 1], "suspended", "suspended")
    assert [event["version"] for event in await world.events(tenant_id, CHANGED)] == [1, 2, 3]
    access = [(event["mode"], event["version"]) for event in await world.events(tenant_id, ACCESS)]
    assert access == [("read_only", 1), ("suspended", 2)]


async def test_each_warning_is_mailed_once_even_if_the_mail_server_was_down(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.advance(7 * DAY)
    world.mailer.down = True
    await world.send_mails()
    assert world.mailer.subjects_to(tenant_id) == []

    world.mailer.down = False
    await world.make_mails_due()
    await world.send_mails()
    await world.send_mails()

    assert world.mailer.subjects_to(tenant_id) == ["Your StackPro trial ends in 7 day(s)"]
    await world.advance(4 * DAY)
    await world.send_mails()
    assert len(world.mailer.subjects_to(tenant_id)) == 2


async def test_a_sweep_that_runs_twice_at_once_takes_each_step_once(world: World) -> None:
    tenant_id = await world.new_tenant()
    world.clock.advance(15 * DAY)

    await asyncio.gather(*(world.sweep(trial_sweep(world.context)) for _ in range(4)))
    await world.sweep(trial_sweep(world.context))

    assert [event["status"] for event in await world.events(tenant_id, CHANGED)] == ["active", "grace"]
    assert await world.events(tenant_id, "billing.trial.ending.v1") == []


async def test_the_sweep_tells_when_it_has_work_next(world: World) -> None:
    sweep = trial_sweep(world.context)
    assert sweep.next_due is not None
    world.clock.advance(400 * DAY)
    while await world.sweep(sweep):
        continue
    await world.new_tenant()

    async with world.context.database.system_session() as session:
        assert await sweep.next_due(session) == world.clock.now() + 7 * DAY


async def test_paying_during_grace_makes_everything_usable_again(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.advance(15 * DAY)
    assert await world.mode(tenant_id) == "read_only"

    await world.subscribe(tenant_id, "starter")

    assert await world.mode(tenant_id) == "full"
    assert (await summary(world, tenant_id))["status"] == "converted"
    await world.advance(10 * DAY)
    assert await world.mode(tenant_id) == "full"


async def test_paying_after_suspension_makes_everything_usable_again(world: World) -> None:
    tenant_id = await world.new_tenant()
    await world.advance(20 * DAY)
    assert await world.mode(tenant_id) == "suspended"

    await world.subscribe(tenant_id, "starter")

    assert await world.mode(tenant_id) == "full"
    modes = [(event["mode"], event["version"]) for event in await world.events(tenant_id, ACCESS)]
    assert modes[-1] == ("full", len(modes))


async def test_a_trial_that_starts_after_the_payment_is_converted_at_once(world: World) -> None:
    tenant_id = new_id()
    await world.subscribe(tenant_id)

    async with world.context.database.tenant_session(tenant_id) as session:
        await start_trial(session, tenant_id, catalogue=world.context.catalogue, now=world.clock.now())

    assert (await summary(world, tenant_id))["status"] == "converted"
    await world.advance(20 * DAY)
    assert await world.mode(tenant_id) == "full"
