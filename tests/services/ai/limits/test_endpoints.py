"""Who manages assistants sets budgets, and sees what was used, by day, assistant and person."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from libs.common.audit import AuditRecorded
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from services.ai.assistants.models import Assistant, AssistantVersion
from services.ai.limits.service import Used, reserve_answer, settle
from tests.services.ai.people import Business

BUDGETS, USE = "/v1/ai-budgets", "/v1/ai-use"


async def _assistant(business: Business) -> UUID:
    assistant_id, now = new_id(), datetime.now(UTC)
    async with business.context.database.tenant_session(business.id) as session:
        session.add(
            Assistant(
                tenant_id=business.id,
                id=assistant_id,
                name=assistant_id.hex,
                version=1,
                created_at=now,
                updated_at=now,
            )
        )
        await session.flush()
        session.add(
            AssistantVersion(
                tenant_id=business.id,
                id=new_id(),
                assistant_id=assistant_id,
                number=1,
                instructions="",
                tone="friendly",
                knowledge_base_ids=[],
                most_tokens=1,
                memory_tokens=0,
                redacts=False,
                example_questions=[],
                author_id=business.owner.id,
                created_at=now,
            )
        )
    return assistant_id


async def _ask(
    business: Business, assistant_id: UUID, user_id: UUID | None, *, days_ago: int = 0, cents: str = "0.5"
) -> None:
    """An answer that was given then."""
    async with business.context.database.tenant_session(business.id) as session:
        await settle(
            session,
            tenant_id=business.id,
            assistant_id=assistant_id,
            user_id=user_id,
            answer_id=new_id(),
            used=Used(
                input_tokens=100, output_tokens=20, cache_read_tokens=3, cache_write_tokens=4, cents=Decimal(cents)
            ),
            now=business.context.clock.now() - timedelta(days=days_ago),
        )


async def test_a_budget_shows_what_its_period_has_taken(business: Business) -> None:
    assistant_id, today = await _assistant(business), business.context.clock.now().date()
    await _ask(business, assistant_id, business.member.id, cents="1.25")
    await reserve_answer(
        business.context, tenant_id=business.id, assistant_id=assistant_id, user_id=None, answer_id=new_id()
    )

    made = await business.owner.ask(
        "PUT", BUDGETS, {"assistant_id": str(assistant_id), "period": "day", "most_queries": 100, "most_cents": 500}
    )

    assert made == (await business.owner.ask("GET", BUDGETS))["items"][0]
    assert (made["assistant_id"], made["user_id"]) == (str(assistant_id), None)
    assert (made["most_queries"], made["most_cents"]) == (100, 500)
    assert (made["used_queries"], made["held_queries"], Decimal(made["used_cents"])) == (1, 1, Decimal("1.25"))
    assert made["renews_at"] == f"{today + timedelta(days=1)}T00:00:00Z"


async def test_a_budget_is_changed_by_setting_it_again_and_ends_when_it_is_deleted(business: Business) -> None:
    person = str(business.member.id)
    first = await business.owner.ask("PUT", BUDGETS, {"user_id": person, "period": "day", "most_queries": 1})
    month = await business.owner.ask("PUT", BUDGETS, {"user_id": person, "period": "month", "most_cents": 9})

    changed = await business.owner.ask("PUT", BUDGETS, {"user_id": person, "period": "day", "most_cents": 7})
    listed = await business.owner.ask("GET", BUDGETS, limit=1)
    rest = await business.owner.ask("GET", BUDGETS, limit=1, cursor=listed["next_cursor"])
    await business.owner.ask("DELETE", f"{BUDGETS}/{first['id']}")

    assert (changed["id"], changed["most_queries"], changed["most_cents"]) == (first["id"], None, 7)
    assert [listed["items"][0]["id"], rest["items"][0]["id"]] == [month["id"], first["id"]]
    assert [one["id"] for one in (await business.owner.ask("GET", BUDGETS))["items"]] == [month["id"]]
    assert await business.owner.refused("DELETE", f"{BUDGETS}/{first['id']}") == (404, "budget_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"most_queries": 1},
        {"user_id": str(new_id()), "assistant_id": str(new_id()), "most_queries": 1},
        {"user_id": str(new_id())},
    ],
    ids=["of nobody", "of two", "without a limit"],
)
async def test_a_budget_is_somebody_s_and_limits_something(business: Business, body: dict[str, Any]) -> None:
    assert await business.owner.refused("PUT", BUDGETS, {"period": "day", **body}) == (422, "budget_of_nothing")


async def test_a_budget_goes_with_its_assistant(business: Business) -> None:
    assistant_id = await _assistant(business)
    body = {"assistant_id": str(assistant_id), "period": "day", "most_queries": 1}
    await business.owner.ask("PUT", BUDGETS, body)

    async with business.context.database.tenant_session(business.id) as session:
        await session.execute(delete(Assistant).where(Assistant.id == assistant_id))

    assert (await business.owner.ask("GET", BUDGETS))["items"] == []
    assert await business.owner.refused("PUT", BUDGETS, body) == (404, "assistant_not_found")


async def test_who_does_not_manage_assistants_neither_sets_budgets_nor_sees_use(business: Business) -> None:
    body = {"user_id": str(business.member.id), "period": "day", "most_queries": 10**6}
    for person in (business.member, business.viewer):
        assert await person.refused("PUT", BUDGETS, body) == (403, "forbidden")
        assert await person.refused("GET", BUDGETS) == (403, "forbidden")
        assert await person.refused("GET", USE) == (403, "forbidden")


async def test_who_set_a_budget_is_noted(business: Business) -> None:
    body = {"user_id": str(business.member.id), "period": "day", "most_queries": 1}
    made = await business.owner.ask("PUT", BUDGETS, body)
    await business.owner.ask("DELETE", f"{BUDGETS}/{made['id']}")

    async with business.context.database.tenant_session(business.id) as session:
        rows = select(OutboxRow.body).where(OutboxRow.type == AuditRecorded.type).order_by(OutboxRow.position)
        noted = list(await session.scalars(rows))

    assert [(one["actor"], one["action"], one["target"]) for one in noted] == [
        (f"user:{business.owner.id}", "ai.budget.set", f"budget:{made['id']}"),
        (f"user:{business.owner.id}", "ai.budget.removed", f"budget:{made['id']}"),
    ]


async def test_use_is_summed_by_day_by_assistant_and_by_person(business: Business) -> None:
    one, other = await _assistant(business), await _assistant(business)
    owner, member, today = business.owner.id, business.member.id, business.context.clock.now().date()
    await _ask(business, one, owner)
    await _ask(business, one, owner)
    await _ask(business, one, None, days_ago=1, cents="0.000001")
    await _ask(business, other, member, days_ago=1)
    await _ask(business, other, member, days_ago=40)

    use = await business.owner.ask("GET", USE)

    assert use["month"] == f"{today:%Y-%m}"
    assert use["total"] == {
        "queries": 4,
        "input_tokens": 400,
        "output_tokens": 80,
        "cache_read_tokens": 12,
        "cache_write_tokens": 16,
        "cents": "1.500001",
    }
    assert [(day["day"], day["queries"]) for day in use["days"]] == [
        (f"{today - timedelta(days=1)}", 2),
        (f"{today}", 2),
    ]
    assert [(found["assistant_id"], found["queries"]) for found in use["assistants"]] == [
        (str(one), 3),
        (str(other), 1),
    ]
    assert (use["people"][0]["user_id"], use["people"][0]["queries"]) == (str(owner), 2)
    assert {person["user_id"] for person in use["people"]} == {str(owner), str(member), None}


async def test_the_use_of_another_month_is_shown_on_request(business: Business) -> None:
    assistant_id = await _assistant(business)
    await _ask(business, assistant_id, business.member.id, days_ago=40)
    then = business.context.clock.now() - timedelta(days=40)

    assert (await business.owner.ask("GET", USE))["total"]["queries"] == 0
    assert (await business.owner.ask("GET", USE, month=f"{then:%Y-%m}"))["total"]["queries"] == 1
    assert (await business.owner.refused("GET", f"{USE}?month=2026-13"))[0] == 422
