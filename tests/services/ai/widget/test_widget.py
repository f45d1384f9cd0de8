"""What anybody may ask on a business's website, and what nobody learns there."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from libs.common.access_mode import apply_access_change
from libs.contracts.billing import TenantAccessChanged
from tests.services.ai.people import Business, events_of

ORIGIN = "https://www.bakery.example"
QUESTION = "What does a loaf of rye bread cost?"


@pytest.fixture
async def visitor(ai_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the bakery's website."""
    headers = {"Origin": ORIGIN, "X-Forwarded-For": "203.0.113.7"}
    async with httpx.AsyncClient(base_url=f"{ai_url}/v1/widget", headers=headers, timeout=30) as client:
        yield client


async def widget(business: Business, *, audience: str = "everyone", **fields: Any) -> dict[str, Any]:
    base = await business.owner.knowledge_base()
    await business.ready(base, access={"audience": audience})
    said = {
        "assistant_id": await business.owner.assistant(base, example_questions=["When do you open?"]),
        "name": "Website",
        "greeting": "Hello!",
        "origins": [ORIGIN],
    }
    made: dict[str, Any] = await business.owner.ask("POST", "/v1/assistant-widgets", said | fields)
    return made


async def asked(client: httpx.AsyncClient, key: str, question: str = QUESTION, **fields: Any) -> list[tuple[str, Any]]:
    response = await client.post(f"/{key}/answers/stream", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    return events_of(response.content)


async def test_a_visitor_is_answered_from_what_is_open_to_everyone(
    business: Business, visitor: httpx.AsyncClient
) -> None:
    made = await widget(business)

    shown = (await visitor.get(f"/{made['key']}")).json()
    events = await asked(visitor, made["key"])

    assert (shown["greeting"], shown["example_questions"]) == ("Hello!", ["When do you open?"])
    assert "four euros and twenty cents" in "".join(data["text"] for name, data in events if name == "text")
    citations = [data for name, data in events if name == "citation"]
    assert citations
    assert all(one.keys() == {"number", "document_name", "page", "quote", "at"} for one in citations)
    assert events[-1] == ("ended", {"state": "done", "found": True})


@pytest.mark.parametrize("audience", ["members", "restricted"])
async def test_a_visitor_hears_nothing_of_what_is_the_businesss_own(
    business: Business, visitor: httpx.AsyncClient, audience: str
) -> None:
    base = await business.owner.knowledge_base()
    access = {"audience": audience} | ({"roles": ["owner", "member"]} if audience == "restricted" else {})
    await business.ready(base, access=access)
    said = {"assistant_id": await business.owner.assistant(base), "name": "Website", "origins": [ORIGIN]}
    made = await business.owner.ask("POST", "/v1/assistant-widgets", said)

    events = await asked(visitor, made["key"])

    assert events[-1] == ("ended", {"state": "done", "found": False})
    assert "euros" not in str(events)


async def test_a_chat_goes_on_by_what_the_answer_gave_and_by_nothing_else(
    business: Business, visitor: httpx.AsyncClient
) -> None:
    made = await widget(business)
    other = await business.owner.ask(
        "POST",
        "/v1/assistant-widgets",
        {"assistant_id": made["assistant_id"], "name": "Other", "origins": [ORIGIN]},
    )
    [(_, started), *_] = await asked(visitor, made["key"])

    again = await asked(visitor, made["key"], chat=started["chat"])
    elsewhere = await visitor.post(
        f"/{other['key']}/answers/stream", json={"question": QUESTION, "chat": started["chat"]}
    )
    made_up = await visitor.post(f"/{made['key']}/answers/stream", json={"question": QUESTION, "chat": "AAAA"})

    assert again[0][1]["chat"] == started["chat"]
    assert (elsewhere.status_code, made_up.status_code) == (400, 400)


async def test_pages_of_other_origins_get_nothing(business: Business, visitor: httpx.AsyncClient) -> None:
    made = await widget(business)

    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await visitor.get(f"/{made['key']}", headers=headers)).status_code == 403
        answer = await visitor.post(f"/{made['key']}/answers/stream", json={"question": QUESTION}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "widget_origin_refused")


async def test_one_visitor_cannot_ask_without_end_and_does_not_hinder_the_next(
    business: Business, visitor: httpx.AsyncClient
) -> None:
    made = await widget(business, visitor_hourly=2)
    for _ in range(2):
        await asked(visitor, made["key"])

    refused = await visitor.post(f"/{made['key']}/answers/stream", json={"question": QUESTION})
    another = await visitor.post(
        f"/{made['key']}/answers/stream", json={"question": QUESTION}, headers={"X-Forwarded-For": "203.0.113.8"}
    )

    assert (refused.status_code, refused.json()["code"]) == (429, "widget_too_many_questions")
    assert "retry-after" in refused.headers
    assert another.status_code == 200


async def test_a_day_has_a_limit_for_all_visitors(business: Business, visitor: httpx.AsyncClient) -> None:
    made = await widget(business, daily=1)
    await asked(visitor, made["key"])

    headers = {"X-Forwarded-For": "203.0.113.9"}
    refused = await visitor.post(f"/{made['key']}/answers/stream", json={"question": QUESTION}, headers=headers)

    assert refused.status_code == 429


async def test_a_widget_that_is_off_deleted_or_of_a_suspended_business_is_not_there(
    business: Business, visitor: httpx.AsyncClient
) -> None:
    made = await widget(business)
    path = f"/v1/assistant-widgets/{made['id']}"
    said = {name: made[name] for name in ("assistant_id", "name", "origins")}

    await business.owner.ask("PUT", path, said | {"is_on": False})
    assert (await visitor.get(f"/{made['key']}")).status_code == 404
    await business.owner.ask("PUT", path, said)
    assert (await visitor.get(f"/{made['key']}")).status_code == 200
    await business.owner.ask("DELETE", path)
    assert (await visitor.get(f"/{made['key']}")).status_code == 404
    assert (await visitor.get("/no-such-key")).status_code == 404


async def test_a_suspended_business_answers_nobody(business: Business, visitor: httpx.AsyncClient) -> None:
    made = await widget(business)
    change = TenantAccessChanged(tenant_id=business.id, mode="suspended", version=1)
    async with business.context.database.tenant_session(business.id) as session:
        await apply_access_change(session, change)
    business.context.access_modes._known.clear()

    assert (await visitor.get(f"/{made['key']}")).status_code == 404
