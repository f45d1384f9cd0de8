"""Questions are taken up by one worker after the other, whatever dies, sleeps or is away; one answer is said."""

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
from tests.services.ai.conversations.world import PRICES, Office, writing_slowly
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
