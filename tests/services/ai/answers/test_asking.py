"""Answers over HTTP: what is said, what it rests on, what it costs, and how it ends."""

from sqlalchemy import select, update

from libs.common.failpoints import configure_failpoints
from services.ai.answers.models import Answer
from services.ai.answers.sweeps import LONGEST, abandoned_answers_sweep
from tests.services.ai.people import PRICES, Business
from tests.support.billing import Billing

QUESTION = "What does a loaf of rye bread cost?"


async def desk(business: Business, **fields: object) -> str:
    """The id of an assistant that knows the prices."""
    base = await business.owner.knowledge_base()
    await business.ready(base)
    return await business.owner.assistant(base, **fields)


async def test_an_answer_rests_on_words_of_the_documents(business: Business) -> None:
    answer = await business.owner.answer(await desk(business), QUESTION)

    assert (answer["state"], answer["found"], answer["language"]) == ("done", True, "en")
    assert "four euros and twenty cents" in answer["text"]
    [citation, *_] = answer["citations"]
    assert citation["document_name"] == "prices.md"
    assert citation["quote"] in PRICES.decode()
    assert 0 < citation["at"] <= len(answer["text"])
    receipt = answer["receipt"]
    assert (receipt["model"], receipt["version"]) == ("local", 1)
    assert receipt["sources"][0]["document_id"] == citation["document_id"]
    assert 0 <= receipt["first_text_ms"] <= receipt["total_ms"]


async def test_what_the_documents_do_not_hold_is_said_in_the_askers_language_and_costs_nothing(
    business: Business, ai_billing: Billing
) -> None:
    assistant = await desk(business)

    answer = await business.owner.answer(assistant, "Wie hoch ist der Eiffelturm in Paris eigentlich genau?")

    assert (answer["state"], answer["found"], answer["citations"]) == ("done", False, [])
    assert "nicht gefunden" in answer["text"]
    use = await ai_billing.use(business.id, "ai_queries_per_month")
    assert (use["used"], use["held"]) == (0, 0)


async def test_what_a_free_model_does_not_find_costs_nothing_either(business: Business, ai_billing: Billing) -> None:
    assistant = await desk(business)

    answer = await business.owner.answer(assistant, "Do you bake bread with sesame for restaurants?")

    assert (answer["state"], answer["found"], answer["receipt"]["model"]) == ("done", False, "local")
    use = await ai_billing.use(business.id, "ai_queries_per_month")
    assert (use["used"], use["held"]) == (0, 0)


async def test_an_answer_is_streamed_as_it_is_written(business: Business) -> None:
    events = await business.owner.streamed(await desk(business), QUESTION)

    names = [name for name, _ in events]
    assert names[:2] == ["started", "sources"]
    assert (names[-1], set(names[2:-1])) == ("ended", {"text", "citation"})
    whole = events[-1][1]
    assert whole["text"] == "".join(data["text"] for name, data in events if name == "text")
    assert [data for name, data in events if name == "citation"] == whole["citations"]
    assert whole == await business.owner.ask("GET", f"/v1/answers/{events[0][1]['answer_id']}")


async def test_an_answer_counts_once_against_the_plan(business: Business, ai_billing: Billing) -> None:
    assistant = await desk(business)

    await business.owner.answer(assistant, QUESTION)
    await business.owner.answer(assistant, QUESTION)

    await business.hear_of_use(ai_billing)
    use = await ai_billing.use(business.id, "ai_queries_per_month")
    assert (use["used"], use["held"]) == (2, 0)


async def test_a_short_question_is_understood_from_the_chat(business: Business) -> None:
    assistant = await desk(business)
    first = await business.owner.answer(assistant, "When do you open in the morning?")

    second = await business.owner.answer(assistant, "And at what hour?", chat_id=first["chat_id"])

    assert "six o'clock" in second["text"]
    asked = await business.owner.ask("GET", f"/v1/chats/{first['chat_id']}/answers")
    assert [one["id"] for one in asked["items"]] == [second["id"], first["id"]]


async def test_a_chat_is_its_askers_alone(business: Business) -> None:
    assistant = await desk(business)
    answer = await business.owner.answer(assistant, QUESTION)

    assert await business.member.refused("GET", f"/v1/answers/{answer['id']}") == (404, "answer_not_found")
    assert await business.member.refused("GET", f"/v1/chats/{answer['chat_id']}/answers") == (404, "chat_not_found")
    said = {"question": QUESTION, "chat_id": answer["chat_id"]}
    path = f"/v1/assistants/{assistant}/answers"
    assert await business.member.refused("POST", path, said) == (404, "chat_not_found")
    assert (await business.member.ask("GET", "/v1/chats"))["items"] == []


async def test_a_viewer_may_read_and_not_ask(business: Business) -> None:
    assistant = await desk(business)

    assert (await business.viewer.refused("POST", f"/v1/assistants/{assistant}/answers", {"question": QUESTION}))[
        0
    ] == 403
    assert [one["id"] for one in (await business.viewer.ask("GET", "/v1/assistants"))["items"]] == [assistant]


async def test_feedback_is_kept_and_taken_back(business: Business) -> None:
    answer = await business.owner.answer(await desk(business), QUESTION)
    path = f"/v1/answers/{answer['id']}/feedback"

    rated = await business.owner.ask("PUT", path, {"rating": -1, "comment": "The price is old."})
    cleared = await business.owner.ask("PUT", path, {"rating": None})

    assert (rated["rating"], rated["comment"]) == (-1, "The price is old.")
    assert (cleared["rating"], cleared["comment"]) == (None, None)


async def test_a_process_that_dies_before_the_end_charges_nothing_and_the_answer_is_ended_later(
    business: Business, ai_billing: Billing
) -> None:
    assistant = await desk(business)
    configure_failpoints("answers.finish.before_commit:1:raise")
    path = f"/v1/assistants/{assistant}/answers"
    assert await business.owner.refused("POST", path, {"question": QUESTION}) == (503, "answer_lost")
    configure_failpoints("")

    async with business.context.database.tenant_session(business.id) as session:
        [running] = (await session.scalars(select(Answer))).all()
        assert running.state == "running"
        await session.execute(update(Answer).values(created_at=Answer.created_at - 2 * LONGEST))
    await business.sweep(abandoned_answers_sweep())

    answer = await business.owner.ask("GET", f"/v1/answers/{running.id}")
    assert (answer["state"], answer["reason"]) == ("failed", "interrupted")
    use = await ai_billing.use(business.id, "ai_queries_per_month")
    assert use["used"] == 0


async def test_an_estimate_asks_and_charges_nothing(business: Business) -> None:
    assistant = await desk(business)

    estimate = await business.owner.ask("POST", f"/v1/assistants/{assistant}/estimate", {"question": QUESTION})

    assert (estimate["model"], estimate["known"], float(estimate["most_cents"])) == ("local", True, 0.0)
    assert (await business.owner.ask("GET", "/v1/chats"))["items"] == []


async def test_a_deleted_chat_is_gone_with_its_answers(business: Business) -> None:
    answer = await business.owner.answer(await desk(business), QUESTION)

    await business.owner.ask("DELETE", f"/v1/chats/{answer['chat_id']}")

    assert await business.owner.refused("GET", f"/v1/answers/{answer['id']}") == (404, "answer_not_found")
