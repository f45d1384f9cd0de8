"""Use that was reserved is heard of by two ways and counts once: lost, repeated, late, or in any order."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import update

from libs.common.audit import UsageRecorded
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.billing.entitlements.models import EntitlementReservation
from tests.support.billing import Billing

QUERIES = "ai_queries_per_month"
EVENT, FINALISE, LAPSE = "the event comes", "it is finalised", "it lapses and is swept"
ORDERS = sorted({*permutations([EVENT, EVENT, FINALISE, FINALISE, LAPSE]), (EVENT,), (FINALISE,)})


def _used(tenant_id: UUID, reservation_id: UUID, quantity: int = 1) -> UsageRecorded:
    return UsageRecorded(tenant_id=tenant_id, entitlement=QUERIES, quantity=quantity, reservation_id=reservation_id)


async def _standing(billing: Billing, tenant_id: UUID) -> tuple[int, int]:
    use = await billing.use(tenant_id, QUERIES)
    return use["used"], use["held"]


async def test_in_every_order_and_however_often_it_counts_once(billing: Billing) -> None:
    async def used_after(order: Sequence[str]) -> tuple[int, int]:
        tenant_id, reservation_id = new_id(), new_id()
        event = _used(tenant_id, reservation_id)
        await billing.client("ai").reserve(tenant_id, QUERIES, reservation_id, seconds=60)
        for step in order:
            if step == EVENT:
                await billing.hear(event)
            elif step == FINALISE:
                await billing.client("ai").finalise(tenant_id, QUERIES, reservation_id, quantity=1)
            else:
                await billing.let_lapse(tenant_id)
                await billing.purged(tenant_id)
        return await _standing(billing, tenant_id)

    assert len(ORDERS) == 32
    assert {order: await used_after(order) for order in ORDERS} == dict.fromkeys(ORDERS, (1, 0))


async def test_what_is_held_is_gone_as_soon_as_either_way_is_heard(billing: Billing) -> None:
    tenant_id, ai, one, other = new_id(), billing.client("ai"), new_id(), new_id()
    await ai.reserve(tenant_id, QUERIES, one, quantity=20, seconds=60)
    await ai.reserve(tenant_id, QUERIES, other, quantity=20, seconds=60)

    await billing.hear(_used(tenant_id, one))
    after_the_event = await _standing(billing, tenant_id)
    await ai.finalise(tenant_id, QUERIES, other, quantity=2)

    assert after_the_event == (1, 20)
    assert await _standing(billing, tenant_id) == (3, 0)


@pytest.mark.parametrize("quantities", [(0, 0), (0, 20), (20, 0), (2, 20)], ids=str)
async def test_it_is_finalised_once(billing: Billing, quantities: tuple[int, int]) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=20, seconds=60)

    settled = [await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=one) for one in quantities]

    assert [one.counted for one in settled] == [quantities[0]] * 2
    assert await _standing(billing, tenant_id) == (quantities[0], 0)


@pytest.mark.parametrize("finalised", [0, 1, 5])
@pytest.mark.parametrize("event_first", [True, False])
async def test_what_was_recorded_with_the_fact_has_the_last_word(
    billing: Billing, finalised: int, event_first: bool
) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=5, seconds=60)

    if event_first:
        await billing.hear(_used(tenant_id, reservation_id, 3))
    await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=finalised)
    if not event_first:
        await billing.hear(_used(tenant_id, reservation_id, 3))

    assert await _standing(billing, tenant_id) == (3, 0)


async def test_two_events_of_one_reservation_are_one_use(billing: Billing) -> None:
    tenant_id, reservation_id = new_id(), new_id()

    await billing.hear(_used(tenant_id, reservation_id), _used(tenant_id, reservation_id))

    assert await _standing(billing, tenant_id) == (1, 0)


async def test_both_ways_at_the_same_moment_count_once(billing: Billing) -> None:
    tenant_id, ai, reservations = new_id(), billing.client("ai"), [new_id() for _ in range(10)]
    for one in reservations:
        await ai.reserve(tenant_id, QUERIES, one, seconds=60)

    await asyncio.gather(
        *(billing.hear(_used(tenant_id, one)) for one in reservations),
        *(ai.finalise(tenant_id, QUERIES, one, quantity=1) for one in reservations * 2),
    )

    assert await _standing(billing, tenant_id) == (10, 0)


@pytest.mark.parametrize("place", ["consumer.commit.before", "database.commit.before", "database.commit.after"])
async def test_a_crash_while_the_event_is_counted_neither_loses_nor_doubles_it(billing: Billing, place: str) -> None:
    tenant_id, reservation_id = new_id(), new_id()
    event = _used(tenant_id, reservation_id)
    await billing.client("ai").reserve(tenant_id, QUERIES, reservation_id, seconds=60)

    configure_failpoints(f"{place}:1:raise")
    with pytest.raises(FailpointReached):
        await billing.hear(event)
    configure_failpoints("")
    after_the_crash = await _standing(billing, tenant_id)
    await billing.hear(event)

    assert after_the_crash == ((1, 0) if place.endswith("after") else (0, 1))
    assert await _standing(billing, tenant_id) == (1, 0)


async def test_it_counts_in_the_month_in_which_it_was_reserved(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    early, late = new_id(), new_id()
    await ai.reserve(tenant_id, QUERIES, early, seconds=60)

    billing.clock.advance(timedelta(days=31))
    await ai.reserve(tenant_id, QUERIES, late, seconds=60)
    await billing.hear(_used(tenant_id, early), _used(tenant_id, late))

    assert await _standing(billing, tenant_id) == (1, 0)


async def test_a_settled_one_is_remembered_for_as_long_as_events_may_come(billing: Billing) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.reserve(tenant_id, QUERIES, reservation_id, seconds=60)
    await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=1)

    await _pass_time(billing, tenant_id, timedelta(days=29, hours=23))
    remembered = not await billing.purged(tenant_id)
    await _pass_time(billing, tenant_id, timedelta(hours=2))

    assert remembered
    assert await billing.purged(tenant_id)


async def _pass_time(billing: Billing, tenant_id: UUID, time: timedelta) -> None:
    """As if what is known of the tenant's reservations were so much older."""
    async with billing.context.database.tenant_session(tenant_id) as session:
        await session.execute(
            update(EntitlementReservation).values(kept_until=EntitlementReservation.kept_until - time)
        )
