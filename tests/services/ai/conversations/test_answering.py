"""An assistant answers in conversations, once to each question, whatever dies or comes twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.http_client import ServiceHttp
from libs.common.security.assertions import AssertionSigner
from libs.contracts.messaging import MessagingClient
from services.ai.context import AiContext
from services.ai.conversations.answering import MAX_FAILURES, OUTDATED, take_up
from services.ai.conversations.loop import claim, conversation_loop
from services.ai.conversations.models import ConversationQuestion
from services.ai.models import Models, OpenAIModelSettings, open_models
from tests.services.ai.conversations.world import PRICES, Office, SlowModel
from tests.services.messaging.people import message_path
from tests.support.billing import Billing
from tests.support.eventually import eventually
from tests.support.identities import SERVICE_KEYS

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def without_messaging(ai: AiContext) -> AsyncIterator[AiContext]:
    """ai while messaging does not answer."""
    http = ServiceHttp("messaging", NOWHERE, AssertionSigner("ai", SERVICE_KEYS["ai"]))
    yield replace(ai, messaging=MessagingClient(http))
    await http.aclose()


async def writing_slowly(office: Office) -> "tuple[asyncio.Task[None], SlowModel]":
    """A worker that has begun to answer the one question that was asked, and its model."""
    model = SlowModel()
    await office.tell()
    [question] = await claim(office.ai)
    task = asyncio.create_task(take_up(replace(office.ai, models=Models([model])), question))
    await model.asked.wait()
    return task, model


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


@pytest.mark.parametrize(
    "place",
    [
        "conversations.answer.prepared",
        "answers.finish.before_commit",
        "conversations.answer.written",
        "conversations.answer.sent",
    ],
)
async def test_a_worker_that_dies_anywhere_leaves_one_answer_that_counts_once(
    office: Office, ai_billing: Billing, place: str
) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    configure_failpoints(f"{place}:1:raise")
    with suppress(FailpointReached):  # but for an end that could not be written: that is told as an answer that is lost
        await office.work()
    configure_failpoints("")

    await office.work()
    assert [one.state for one in await office.questions()] == ["waiting"]
    await office.lose_leases()
    await office.work()

    assert len(await office.said(direct, seen_by=office.member)) == 1
    assert [one.state for one in await office.questions()] == ["answered"]
    await ai_billing.let_lapse(office.tenant_id)
    assert await office.use(ai_billing) == (1, 0)


async def test_a_worker_that_was_overtaken_says_and_charges_nothing(office: Office, ai_billing: Billing) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    [slow] = await claim(office.ai)
    await office.lose_leases()
    await office.work()

    await take_up(office.ai, slow)

    assert len(await office.said(direct, seen_by=office.member)) == 1
    await ai_billing.let_lapse(office.tenant_id)
    assert await office.use(ai_billing) == (1, 0)


async def test_a_worker_that_was_overtaken_while_it_wrote_leaves_what_it_wrote_to_the_other(
    office: Office, ai_billing: Billing
) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    slow, model = await writing_slowly(office)
    await office.lose_leases()
    [taken_over] = await claim(office.ai)
    model.let.set()
    await slow
    before = await office.said(direct, seen_by=office.member)
    await take_up(office.ai, taken_over)

    assert (before, len(await office.said(direct, seen_by=office.member))) == ([], 1)
    assert await office.use(ai_billing) == (1, 0)


async def test_an_answer_that_another_worker_gave_up_is_charged_to_nobody(office: Office, ai_billing: Billing) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    slow, model = await writing_slowly(office)
    await office.lose_leases()
    await office.work()
    model.let.set()
    await slow

    assert len(await office.said(direct, seen_by=office.member)) == 1
    assert [(one.state, one.reason) for one in await office.answers()] == [("failed", "interrupted"), ("done", None)]
    assert await office.use(ai_billing) == (1, 0)


async def test_two_workers_at_once_say_one_answer(office: Office) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    taken = await claim(office.ai)
    await office.lose_leases()
    taken = [*taken, *await claim(office.ai)]

    await asyncio.gather(*(take_up(office.ai, one) for one in taken))

    assert len(taken) == 2
    assert len(await office.said(direct, seen_by=office.member)) == 1


async def test_questions_of_a_conversation_are_answered_in_their_order_and_others_beside_them(office: Office) -> None:
    await office.knows(PRICES)
    first, second = await office.direct(office.member), await office.direct(office.owner)
    sent = [await office.member.send(first, text) for text in ("What does rye bread cost?", "When do you open?")]
    beside = await office.owner.send(second, "What does rye bread cost?")
    await office.tell()

    taken = await claim(office.ai)

    assert {str(one.message_id) for one in taken} == {sent[0]["id"], beside["id"]}
    for one in taken:
        await take_up(office.ai, one)
    assert [str(one.message_id) for one in await claim(office.ai)] == [sent[1]["id"]]


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


async def test_while_messaging_is_away_the_answer_waits(office: Office, without_messaging: AiContext) -> None:
    await office.knows(PRICES)
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.answered(without_messaging)
    [waiting] = await office.questions()
    assert (waiting.state, waiting.failures) == ("waiting", 1)

    await office.lose_leases()
    await office.work()

    assert len(await office.said(direct, seen_by=office.member)) == 1


async def test_what_fails_again_and_again_is_said_and_what_nobody_waits_for_any_more_is_dropped(
    office: Office, without_messaging: AiContext
) -> None:
    direct = await office.direct(office.member)
    await office.member.send(direct, "What does a loaf of rye bread cost?")
    await office.tell()
    async with office.ai.database.tenant_session(office.tenant_id) as session:
        await session.execute(update(ConversationQuestion).values(failures=MAX_FAILURES))
    await office.work()
    await office.member.send(direct, "Hello?")
    await office.tell()
    async with office.ai.database.tenant_session(office.tenant_id) as session:
        old = ConversationQuestion.created_at - OUTDATED - timedelta(minutes=1)
        await session.execute(update(ConversationQuestion).values(created_at=old))
    await office.work(without_messaging)

    [text] = await office.said(direct, seen_by=office.member)
    assert text.startswith("I could not answer this just now.")
    assert [one.state for one in await office.questions()] == ["answered", "dropped"]


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


async def test_the_worker_answers_as_it_is_asked(office: Office) -> None:
    await office.knows(PRICES)
    direct, stop = await office.direct(office.member), asyncio.Event()
    loop = asyncio.ensure_future(conversation_loop(office.ai)(stop))
    try:
        for expected in (1, 2):
            await office.member.send(direct, "What does a loaf of rye bread cost?")
            await office.tell()

            async def all_said(expected: int = expected) -> bool:
                return len(await office.said(direct, seen_by=office.member)) == expected

            await eventually(all_said)
    finally:
        stop.set()
        await loop
