"""What every form of the port to language models does."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.ai.answers.citing import Citation, CitationParser
from services.ai.models import Message, ModelBroke, ModelRefused, ModelRequest
from tests.services.ai.models.asking import HOURS, PARKING, answered, question, until_text
from tests.services.ai.models.forms import FORMS, REMOTE_FORMS, Form, RemoteForm
from tests.support.eventually import eventually


@pytest.fixture(scope="module", params=FORMS)
async def form(request: pytest.FixtureRequest) -> AsyncIterator[Form]:
    async with FORMS[request.param]() as form:
        yield form


@pytest.fixture(scope="module", params=REMOTE_FORMS)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[RemoteForm]:
    async with REMOTE_FORMS[request.param]() as form:
        yield form


async def test_text_comes_in_pieces_and_then_one_end(form: Form) -> None:
    form.speak()

    answer = await answered(form.model.stream(question()))

    assert len(answer.texts) > 1
    assert answer.finished.reason == "complete"
    assert (answer.finished.name, answer.finished.model) == (form.model.name, form.model.model)
    usage = answer.finished.usage
    assert min(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens) >= 0


async def test_an_answer_cites_in_the_form_that_is_verified(form: Form) -> None:
    form.speak()
    answer = await answered(form.model.stream(question()))

    parser = CitationParser((HOURS, PARKING))
    pieces = [piece for text in answer.texts for piece in parser.feed(text)] + parser.close()

    citations = [piece for piece in pieces if isinstance(piece, Citation)]
    assert [citation.source_number for citation in citations] == [1]
    assert "opens at nine in the morning" in citations[0].quote
    assert parser.unverified == 0


async def test_many_are_answered_at_once(form: Form) -> None:
    for _ in range(20):
        form.speak()

    answers = await asyncio.gather(*(answered(form.model.stream(question())) for _ in range(20)))

    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("text", ["", " \n"])
async def test_without_a_question_nobody_is_asked(form: Form, text: str) -> None:
    with pytest.raises(ModelRefused) as refused:
        await answered(form.model.stream(question(text)))

    assert refused.value.asked == (form.model.name,)


async def test_any_chat_is_taken_however_it_was_left(form: Form) -> None:
    form.speak()
    turns = (
        Message(role="assistant", text="Welcome!"),
        Message(role="user", text="Hello"),
        Message(role="user", text="  "),
        Message(role="user", text="Is there parking?"),
        Message(role="assistant", text="Yes."),
        Message(role="assistant", text="Behind the house."),
        Message(role="user", text="When does the shop open in the morning?"),
    )
    asked = question()
    request = ModelRequest(
        instructions="", sources=asked.sources, messages=turns, language="en", most_tokens=asked.most_tokens
    )

    assert (await answered(form.model.stream(request))).finished.reason == "complete"


async def test_who_leaves_ends_the_call(remote: RemoteForm) -> None:
    before = remote.left()
    remote.hang()
    events = remote.model.stream(question())

    assert await until_text(events) == "It"
    await events.aclose()

    await eventually(lambda: remote.left() == before + 1)


async def test_a_cancelled_caller_ends_the_call(remote: RemoteForm) -> None:
    asked, left = remote.asked(), remote.left()
    remote.hang()
    caller = asyncio.create_task(answered(remote.model.stream(question())))
    await eventually(lambda: remote.asked() == asked + 1)

    caller.cancel()

    with pytest.raises(asyncio.CancelledError):
        await caller
    await eventually(lambda: remote.left() == left + 1)


async def test_an_answer_that_breaks_off_says_so_after_its_text(remote: RemoteForm) -> None:
    remote.break_off()
    events = remote.model.stream(question())

    assert await until_text(events) == "It"
    with pytest.raises(ModelBroke):
        await anext(events)
