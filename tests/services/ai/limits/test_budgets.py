"""What an assistant or a person may use in a day or a month, and what a refusal says."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.ai.limits.errors import BudgetReached
from tests.services.ai.limits.conftest import Desk


async def test_the_refusal_says_which_budget_and_when_it_begins_anew(desk: Desk) -> None:
    budget_id = await desk.allow(queries=2)
    await desk.ask()
    await desk.reserve()

    with pytest.raises(BudgetReached) as refused:
        await desk.reserve()

    assert (refused.value.status, refused.value.code) == (409, "budget_reached")
    tomorrow = (desk.limits.clock.now() + timedelta(days=1)).date()
    assert refused.value.extra == {
        "budget_id": str(budget_id),
        "of": "assistant",
        "period": "day",
        "unit": "queries",
        "most": 2,
        "used": "1",
        "held": "1",
        "renews_at": f"{tomorrow}T00:00:00Z",
    }
    assert (
        f"2 questions a day, and 1 are used and 1 held by answers that are being written. It begins anew on {tomorrow}"
        in (refused.value.detail)
    )


async def test_a_person_s_budget_binds_that_person_at_every_assistant_and_no_visitor(desk: Desk) -> None:
    await desk.allow(person=True, queries=1)
    await desk.ask()

    with pytest.raises(BudgetReached, match="Your budget allows 1 questions a day, and 1 are used"):
        await desk.reserve()

    await desk.reserve(visitor=True)


async def test_an_assistant_s_budget_binds_everybody(desk: Desk) -> None:
    await desk.allow(queries=2)
    await desk.ask(visitor=True)
    await desk.ask()

    for visitor in (True, False):
        with pytest.raises(BudgetReached, match="The budget of this assistant"):
            await desk.reserve(visitor=visitor)


@pytest.mark.parametrize(
    ("spent", "may_cost", "allowed"),
    [("99.99", "0", True), ("100", "0", False), ("100", "0.01", False), ("99.5", "0.5", True), ("99.5", "0.51", False)],
)
async def test_a_budget_of_cents_is_reached_by_what_answers_cost(
    desk: Desk, spent: str, may_cost: str, allowed: bool
) -> None:
    await desk.allow(period="month", cents=100)
    await desk.ask(cents=spent)

    if allowed:
        await desk.reserve(may_cost=may_cost)
    else:
        with pytest.raises(BudgetReached, match=r"100 US cents a month, and [0-9.]+ are used"):
            await desk.reserve(may_cost=may_cost)


async def test_what_running_answers_may_cost_is_held_until_it_is_known(desk: Desk) -> None:
    budget_id = await desk.allow(cents=10)
    first = await desk.reserve(may_cost="6")
    with pytest.raises(BudgetReached):
        await desk.reserve(may_cost="6")

    await desk.settle(first, cents="1.5")
    await desk.reserve(may_cost="6")

    standing = await desk.standing(budget_id)
    assert (standing.used_cents, standing.held_cents) == (Decimal("1.5"), Decimal(6))


async def test_days_and_months_begin_anew_in_business_time(desk: Desk) -> None:
    clock = desk.limits.clock
    await desk.allow(period="day", queries=1)
    monthly = await desk.allow(period="month", queries=2)
    await desk.ask()
    with pytest.raises(BudgetReached, match="a day"):
        await desk.reserve()

    clock.advance(timedelta(days=1))
    await desk.ask()
    clock.advance(timedelta(days=1))
    with pytest.raises(BudgetReached, match="a month"):
        await desk.reserve()
    clock.advance(timedelta(days=31))

    assert (await desk.standing(monthly)).used_queries == 0
    await desk.ask()


async def test_an_answer_counts_on_the_day_on_which_it_began(desk: Desk) -> None:
    budget_id = await desk.allow(queries=1)
    answer_id = await desk.reserve()

    desk.limits.clock.advance(timedelta(days=1))
    held_tomorrow = (await desk.standing(budget_id)).held_queries
    await desk.settle(answer_id)

    assert held_tomorrow == 0
    assert (await desk.standing(budget_id)).used_queries == 0
    await desk.reserve()


async def test_a_budget_takes_the_place_of_the_one_for_the_same_period(desk: Desk) -> None:
    first, second = await desk.allow(queries=1), await desk.allow(queries=2)
    other = await desk.allow(period="month", queries=1)

    assert (first, first != other) == (second, True)
    assert (await desk.standing(first)).budget.most_queries == 2
