"""An answer is reserved before it begins and settled when it ends: it counts once, or not at all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.http_client import ServiceUnavailable
from libs.common.ids import new_id
from libs.contracts.billing import LimitReached
from services.ai.app import SERVICE
from services.ai.limits.errors import BudgetReached
from services.ai.limits.models import HeldAnswer
from tests.services.ai.limits.conftest import Desk
from tests.support.purges import purge_table

TRIAL_LIMIT = 50


async def test_an_answer_is_held_while_it_is_written_and_counted_when_it_ends(desk: Desk) -> None:
    budget_id = await desk.allow(queries=10)

    answer_id = await desk.reserve()
    while_written = (await desk.at_billing(), (await desk.standing(budget_id)).held_queries)
    await desk.settle(answer_id, cents="0.25")
    ended = await desk.standing(budget_id)

    assert while_written == ((0, 1), 1)
    assert (ended.used_queries, str(ended.used_cents), ended.held_queries) == (1, "0.250000", 0)
    assert await desk.hear_of_use() == 1
    assert await desk.at_billing() == (1, 0)


async def test_an_answer_of_which_nothing_was_delivered_is_given_back(desk: Desk) -> None:
    budget_id = await desk.allow(queries=1)
    answer_id = await desk.reserve()

    await desk.release(answer_id)
    await desk.release(answer_id)

    standing = await desk.standing(budget_id)
    assert (standing.used_queries, standing.held_queries) == (0, 0)
    assert await desk.at_billing() == (0, 0)
    await desk.reserve()


async def test_the_plan_s_limit_refuses_and_then_nothing_is_held(desk: Desk) -> None:
    budget_id = await desk.allow(queries=100)
    other = new_id()
    await desk.limits.billing.reserve(desk.tenant_id, "ai_queries_per_month", other, quantity=TRIAL_LIMIT, seconds=60)

    with pytest.raises(LimitReached):
        await desk.reserve()

    assert (await desk.standing(budget_id)).held_queries == 0
    await desk.limits.billing.finalise(desk.tenant_id, "ai_queries_per_month", other, quantity=0)
    await desk.reserve()


async def test_without_billing_there_is_no_answer_and_nothing_is_held(without_billing: Desk) -> None:
    budget_id = await without_billing.allow(queries=1)

    with pytest.raises(ServiceUnavailable):
        await without_billing.reserve()

    assert (await without_billing.standing(budget_id)).held_queries == 0


async def test_what_cannot_be_given_back_at_billing_is_given_back_here(desk: Desk, without_billing: Desk) -> None:
    budget_id = await desk.allow(queries=1)
    answer_id = await desk.reserve()

    await without_billing.release(answer_id)

    assert (await desk.standing(budget_id)).held_queries == 0
    await desk.limits.real_billing.let_lapse(desk.tenant_id)
    await desk.reserve()


async def test_the_same_answer_is_held_once_and_does_not_stand_in_its_own_way(desk: Desk) -> None:
    budget_id, answer_id = await desk.allow(queries=1), new_id()

    await asyncio.gather(*(desk.reserve(answer_id=answer_id) for _ in range(4)))

    assert (await desk.standing(budget_id)).held_queries == 1
    assert await desk.at_billing() == (0, 1)


async def test_a_crash_before_the_end_is_committed_counts_nothing_and_the_next_try_counts_once(
    desk: Desk,
) -> None:
    budget_id, answer_id = await desk.allow(queries=10), await desk.reserve()

    configure_failpoints("database.commit.before:1:raise")
    with pytest.raises(FailpointReached):
        await desk.settle(answer_id)
    configure_failpoints("")
    crashed = (await desk.standing(budget_id), await desk.hear_of_use())
    await desk.settle(answer_id)

    assert (crashed[0].used_queries, crashed[0].held_queries, crashed[1]) == (0, 1, 0)
    assert (await desk.standing(budget_id)).used_queries == 1
    assert await desk.hear_of_use() == 1
    assert await desk.at_billing() == (1, 0)


async def test_an_answer_whose_process_died_is_held_no_longer_than_its_lease(desk: Desk) -> None:
    budget_id = await desk.allow(queries=1)
    await desk.reserve()

    await _let_lapse(desk)

    assert (await desk.standing(budget_id)).held_queries == 0
    await desk.reserve()
    await purge_table(desk.limits.database, SERVICE.tables, HeldAnswer.__tablename__)
    assert (await desk.standing(budget_id)).held_queries == 1


async def test_an_answer_that_outlived_its_lease_still_counts_once(desk: Desk) -> None:
    budget_id, answer_id = await desk.allow(queries=10), await desk.reserve()
    await _let_lapse(desk)
    await purge_table(desk.limits.database, SERVICE.tables, HeldAnswer.__tablename__)
    await desk.limits.real_billing.purged(desk.tenant_id)

    await desk.settle(answer_id)
    await desk.hear_of_use()

    assert (await desk.standing(budget_id)).used_queries == 1
    assert await desk.at_billing() == (1, 0)


async def test_however_many_ask_at_once_a_budget_is_never_passed(desk: Desk) -> None:
    ours, theirs = await desk.allow(queries=12), await desk.allow(person=True, period="month", queries=7)
    await desk.ask()

    async def reserved() -> bool:
        try:
            await desk.reserve()
        except BudgetReached:
            return False
        return True

    granted = await asyncio.gather(*(reserved() for _ in range(20)))

    assert sum(granted) == 6
    assert [(await desk.standing(one)).held_queries for one in (ours, theirs)] == [6, 6]
    assert await desk.at_billing() == (0, 7)


async def _let_lapse(desk: Desk) -> None:
    await desk.limits.real_billing.let_lapse(desk.tenant_id)
    async with desk.limits.database.tenant_session(desk.tenant_id) as session:
        await session.execute(update(HeldAnswer).values(held_until=datetime.now(UTC) - timedelta(seconds=1)))
