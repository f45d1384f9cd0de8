"""An assistant answers in conversations where it is asked, and leaves nothing of what was deleted."""

from dataclasses import replace

import pytest

from libs.common.failpoints import FailpointReached, configure_failpoints
from services.ai.models import OpenAIModelSettings, open_models
from tests.services.ai.conversations.world import PRICES, Office, writing_slowly
from tests.services.messaging.people import message_path
from tests.support.billing import Billing

NOWHERE = "http://127.0.0.1:9"


async def test_in_a_group_it_answers_who_names_it_from_the_documents(office: Office) -> None:
    await office.knows(PRICES)
    group = await office.group(office.owner, office.member)
    await office.member.send(group, "Does anybody know our prices?")
    await office.asks(office.member, group)

    await office.answered()

    [text] = await office.said(group, seen_by=office.member)
    assert text.startswith(f"<@{office.member.id}> ")
    assert "four euros and twenty cents" in text
    assert text.endswith("\n\nSources:\n- prices.md, page 3")
    [question] = await office.questions()
    assert (question.state, question.due_at) == ("answered", None)


async def test_in_support_it_answers_until_a_person_does(office: Office, ai_billing: Billing) -> None:
    await office.knows(PRICES)
    support = await office.support(office.member)
    await office.member.send(support, "What does a loaf of rye bread cost?")
    await office.answered()
    await office.member.send(support, "And when do you open in the morning?")
    await office.owner.send(support, "At six.")
    await office.answered()

    assert len(await office.said(support)) == 1
    assert [one.state for one in await office.questions()] == ["answered", "dropped"]
    assert await office.use(ai_billing) == (1, 0)


async def test_what_was_said_before_is_remembered(office: Office) -> None:
    await office.knows("We open the bakery every morning at six o'clock.")
    direct = await office.direct(office.member)
    await office.member.send(direct, "When do you open the bakery in the morning?")
    await office.answered()
    await office.member.send(direct, "And at what hour?")
    await office.answered()

    _, second = await office.said(direct, seen_by=office.member)
    assert "six o'clock" in second
    first, again = await office.answers()
    assert first.chat_id == again.chat_id


async def test_chats_of_conversations_are_seen_in_conversations_alone(office: Office) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.owner)
    await office.owner.send(direct, "What does a loaf of rye bread cost?")
    await office.answered()

    [answer] = await office.answers()
    assert (await office.manager.ask("GET", "/v1/chats"))["items"] == []
    assert await office.manager.refused("GET", f"/v1/answers/{answer.id}") == (404, "answer_not_found")
    assert await office.manager.refused("GET", f"/v1/chats/{answer.chat_id}/answers") == (404, "chat_not_found")


async def test_an_event_that_comes_twice_asks_once(office: Office, ai_billing: Billing) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    for _ in range(2):
        await office.tell(times=2)
        await office.work()

    assert len(await office.said(direct, seen_by=office.member)) == 1
    assert await office.use(ai_billing) == (1, 0)


async def test_a_limit_that_is_reached_is_said_once_in_the_askers_language(office: Office) -> None:
    budget = {"user_id": str(office.member.id), "period": "day", "most_queries": 0}
    await office.manager.ask("PUT", "/v1/ai-budgets", budget)
    direct = await office.direct(office.member)
    await office.member.send(direct, "Was kostet bei euch eigentlich ein Laib Roggenbrot?")
    await office.answered()
    await office.answered()

    [text] = await office.said(direct, seen_by=office.member)
    assert "Grenze für Fragen" in text


async def test_a_model_that_fails_is_said_once_and_costs_nothing(office: Office, ai_billing: Billing) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    nowhere = OpenAIModelSettings(name="away", model="away", base_url=NOWHERE, first_timeout=1)
    async with open_models([nowhere]) as models:
        await office.answered(replace(office.ai, models=models))

    [text] = await office.said(direct, seen_by=office.member)
    assert text.startswith("I could not answer this just now.")
    assert await office.use(ai_billing) == (0, 0)


@pytest.mark.parametrize("deleted", ["question", "answer"])
async def test_what_is_deleted_in_the_conversation_leaves_nothing_of_it_here(office: Office, deleted: str) -> None:
    await office.knows(PRICES)
    group = await office.group(office.owner, office.member)
    question = await office.asks(office.member, group)
    await office.answered()
    answer = (await office.owner.history(group))["items"][-1]
    await office.owner.ask("DELETE", message_path(question if deleted == "question" else answer))
    await office.tell()

    [kept] = await office.answers()
    assert (kept.question, kept.text, kept.citations, kept.sources) == ("", "", [], [])
    assert (kept.state, kept.model) == ("done", "local")


async def test_a_question_that_is_deleted_before_or_while_it_is_answered_is_not(office: Office) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    before = await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    await office.member.ask("DELETE", message_path(before))
    await office.work()
    meanwhile = await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    configure_failpoints("conversations.answer.written:1:raise")
    with pytest.raises(FailpointReached):
        await office.work()
    configure_failpoints("")
    await office.member.ask("DELETE", message_path(meanwhile))
    await office.lose_leases()
    await office.answered()

    at_last = await office.member.send(direct, "What does a loaf of rye bread cost?")
    slow, model = await writing_slowly(office)
    await office.member.ask("DELETE", message_path(at_last))
    await office.tell()
    model.let.set()
    await slow

    assert await office.said(direct, seen_by=office.member) == []
    assert [one.state for one in await office.questions()] == ["dropped"] * 3
    assert {one.text for one in await office.answers()} == {""}


async def test_an_answer_that_came_too_late_is_not_kept(office: Office) -> None:
    await office.knows(PRICES)
    support = await office.support(office.member)
    await office.member.send(support, "What does a loaf of rye bread cost?")
    slow, model = await writing_slowly(office)
    await office.owner.send(support, "Four twenty.")
    model.let.set()
    await slow

    assert await office.said(support) == []
    assert [(one.state, one.text) for one in await office.answers()] == [("done", "")]


async def test_an_assistant_that_is_deleted_leaves_with_its_questions(office: Office) -> None:
    group = await office.group(office.owner, office.member)
    await office.asks(office.member, group)
    await office.tell()
    await office.manager.ask("DELETE", f"/v1/assistants/{office.assistant}")
    await office.asks(office.member, group)
    await office.answered()

    assert (await office.questions(), await office.said(group)) == ([], [])
    assert office.assistant not in await office.owner.members(group)
