"""Models behind OpenAI's protocol, against a strict fake of an endpoint."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.ai.models import (
    Message,
    ModelBroke,
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    ModelRequest,
    ModelTooSlow,
    ModelUnavailable,
    open_model,
)
from tests.services.ai.chat_endpoint import Break, ChatEndpoint, fake_chat_endpoint
from tests.services.ai.models.asking import HOURS, PARKING, Answered, answered, question, until_text
from tests.services.ai.models.forms import openai_settings


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[ChatEndpoint]:
    async with fake_chat_endpoint() as fake:
        yield fake


@pytest.fixture
def endpoint(running: ChatEndpoint) -> ChatEndpoint:
    """The fake, with nothing asked yet."""
    running.asked.clear()
    running.chunk_bytes, running.line_end = None, "\n"
    return running


async def ask(endpoint: ChatEndpoint, request: ModelRequest | None = None, **values: Any) -> Answered:
    async with open_model(openai_settings(endpoint, **values)) as model:
        return await answered(model.stream(request or question()))


async def test_the_question_comes_last_behind_the_sources_and_the_rules_come_first(endpoint: ChatEndpoint) -> None:
    request = ModelRequest(
        instructions="Be kind.",
        sources=(HOURS, PARKING),
        messages=(
            Message(role="user", text="Hello"),
            Message(role="assistant", text="Hello!"),
            Message(role="user", text="When?"),
        ),
        language="de",
        most_tokens=321,
    )

    await ask(endpoint, request, temperature=0.2, tokens_field="max_completion_tokens")

    (body,) = endpoint.asked
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert "Be kind." in body["messages"][0]["content"]
    last = body["messages"][-1]["content"]
    assert last.index(HOURS.text) < last.index(PARKING.text) < last.index("When?")
    assert (body["max_completion_tokens"], body["temperature"]) == (321, 0.2)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 5, None])
async def test_events_may_be_cut_anywhere(endpoint: ChatEndpoint, line_end: str, size: int | None) -> None:
    endpoint.line_end, endpoint.chunk_bytes = line_end, size
    endpoint.will_say("Grüße ", "aus ", "Köln")

    assert (await ask(endpoint)).texts == ("Grüße ", "aus ", "Köln")


async def test_cached_tokens_are_counted_apart(endpoint: ChatEndpoint) -> None:
    endpoint.will_say(
        "It",
        usage={"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}},
    )

    usage = (await ask(endpoint)).finished.usage

    assert (usage.input_tokens, usage.cache_read_tokens, usage.output_tokens) == (36, 64, 7)
    assert not usage.estimated


async def test_use_that_is_not_told_is_estimated(endpoint: ChatEndpoint) -> None:
    endpoint.will_say("It opens at nine", usage={})

    usage = (await ask(endpoint)).finished.usage

    assert usage.estimated
    assert usage.output_tokens == 4
    assert usage.input_tokens > 100


@pytest.mark.parametrize(
    ("told", "reason"), [("stop", "complete"), ("length", "max_tokens"), ("content_filter", "filtered")]
)
async def test_why_a_model_stopped_is_told(endpoint: ChatEndpoint, told: str, reason: str) -> None:
    endpoint.will_say("It", finish_reason=told)

    assert (await ask(endpoint)).finished.reason == reason


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ModelRefused),
        (413, ModelRefused),
        (422, ModelRefused),
        (301, ModelMisconfigured),
        (401, ModelMisconfigured),
        (403, ModelMisconfigured),
        (404, ModelMisconfigured),
        (408, ModelUnavailable),
        (429, ModelUnavailable),
        (500, ModelUnavailable),
        (503, ModelUnavailable),
    ],
)
async def test_an_error_before_the_stream_is_told_by_its_kind(
    endpoint: ChatEndpoint, status: int, error: type[ModelError]
) -> None:
    endpoint.will_refuse(status)

    with pytest.raises(ModelError) as failure:
        await ask(endpoint)

    assert type(failure.value) is error
    assert (failure.value.asked, failure.value.vendor_code) == (("gpt",), str(status))
    assert len(endpoint.asked) == 1


async def test_what_is_no_event_stream_is_a_fault_of_the_settings(endpoint: ChatEndpoint) -> None:
    endpoint.will_answer_as("text/html")

    with pytest.raises(ModelMisconfigured):
        await ask(endpoint)


async def test_a_wrong_key_is_a_fault_of_the_settings(endpoint: ChatEndpoint) -> None:
    with pytest.raises(ModelMisconfigured):
        await ask(endpoint, key="sk-wrong")


@pytest.mark.parametrize("part", [part for part in Break if part is not Break.HANG], ids=lambda part: part.name.lower())
@pytest.mark.parametrize("before", [(), ("It ", "opens")], ids=["at once", "after text"])
async def test_a_stream_that_breaks_ends_in_an_error(
    endpoint: ChatEndpoint, part: Break, before: tuple[str, ...]
) -> None:
    endpoint.will_say(*before, part)
    texts: list[str] = []

    with pytest.raises(ModelBroke):
        async with open_model(openai_settings(endpoint)) as model:
            async for event in model.stream(question()):
                texts.append(getattr(event, "text", "an end"))  # noqa: PERF401 - what came before the error counts

    assert tuple(texts) == before


async def test_a_reason_that_nobody_expects_is_no_end(endpoint: ChatEndpoint) -> None:
    endpoint.will_say("It", finish_reason="tool_calls")

    with pytest.raises(ModelBroke):
        await ask(endpoint)


async def test_nothing_at_all_in_time_is_too_slow(endpoint: ChatEndpoint) -> None:
    endpoint.will_hang()

    with pytest.raises(ModelTooSlow):
        await ask(endpoint, first_timeout=0.1)


@pytest.mark.parametrize("limit", ["between_timeout", "whole_timeout"])
async def test_silence_in_the_middle_breaks_an_answer(endpoint: ChatEndpoint, limit: str) -> None:
    async with open_model(openai_settings(endpoint, **{limit: 0.3})) as model:
        endpoint.will_say("It", Break.HANG)
        events = model.stream(question())

        assert await until_text(events) == "It"
        with pytest.raises(ModelBroke):
            await asyncio.wait_for(anext(events), 3)


async def test_a_port_where_nobody_listens_is_unavailable(endpoint: ChatEndpoint) -> None:
    with pytest.raises(ModelUnavailable):
        await ask(endpoint, base_url="http://127.0.0.1:9/v1")


async def test_the_key_is_shown_nowhere(endpoint: ChatEndpoint) -> None:
    assert "sk-" not in repr(openai_settings(endpoint))
