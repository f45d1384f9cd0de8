"""Models of Bedrock, against a strict fake of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from libs.adapters.aws_settings import AwsSettings
from services.ai.models import (
    BedrockModelSettings,
    GuardrailSettings,
    LanguageModel,
    Message,
    ModelBroke,
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    ModelRequest,
    ModelTooSlow,
    ModelUnavailable,
    Source,
    open_model,
)
from tests.services.ai.bedrock import (
    BLOCKED,
    FORBIDDEN_WORD,
    GUARDRAIL,
    PLAIN,
    SECRET_KEY,
    Bedrock,
    Break,
    Fault,
    fake_bedrock,
)
from tests.services.ai.bedrock_rules import FakeModel
from tests.services.ai.models.asking import HOURS, PARKING, Answered, answered, question, until_text
from tests.services.ai.models.forms import bedrock_settings


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Bedrock]:
    async with fake_bedrock() as fake:
        yield fake


@pytest.fixture(scope="module")
async def claude(running: Bedrock) -> AsyncIterator[LanguageModel]:
    async with open_model(bedrock_settings(running)) as model:
        yield model


@pytest.fixture
def bedrock(running: Bedrock) -> Bedrock:
    """The fake, with nothing asked or refused yet."""
    running.asked.clear()
    running.refused.clear()
    running.frame_bytes = None
    return running


async def ask(bedrock: Bedrock, request: ModelRequest | None = None, **values: Any) -> Answered:
    async with open_model(bedrock_settings(bedrock, **values)) as model:
        return await answered(model.stream(request or question()))


def guarded(**values: str) -> GuardrailSettings:
    identifier, version = GUARDRAIL
    return GuardrailSettings.model_validate({"identifier": identifier, "version": version, **values})


def blocks(body: dict[str, Any]) -> list[str]:
    return [next(iter(block)) for block in body["messages"][-1]["content"]]


async def test_the_question_comes_last_behind_the_sources_and_the_rules_stand_apart(bedrock: Bedrock) -> None:
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

    await ask(bedrock, request, temperature=0.2)

    (body,) = bedrock.asked
    assert "Be kind." in body["system"][0]["text"]
    assert "`de`" in body["system"][0]["text"]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    texts = [block.get("text", "") for block in body["messages"][-1]["content"]]
    assert HOURS.text in texts[1]
    assert PARKING.text in texts[2]
    assert texts[-1] == "When?"
    assert body["inferenceConfig"] == {"maxTokens": 321, "temperature": 0.2}
    assert "guardrailConfig" not in body


async def test_what_comes_again_is_read_from_the_cache(bedrock: Bedrock) -> None:
    long = Source(number=1, title="Long", page=None, text="It opens at nine. " * 400)
    bedrock.models[PLAIN] = FakeModel(least_cached=100)

    first = (await ask(bedrock, question("When?", sources=(long,)), model=PLAIN)).finished.usage
    second = (await ask(bedrock, question("And on Sundays?", sources=(long,)), model=PLAIN)).finished.usage

    assert (first.cache_read_tokens, second.cache_write_tokens) == (0, 0)
    assert first.cache_write_tokens == second.cache_read_tokens > 1500
    assert second.input_tokens < 50


async def test_a_model_without_a_cache_is_asked_without_cache_points(bedrock: Bedrock) -> None:
    bedrock.models[PLAIN] = FakeModel(caches=False)
    with pytest.raises(ModelMisconfigured):
        await ask(bedrock, model=PLAIN)

    await ask(bedrock, model=PLAIN, prompt_caching=False)

    assert "cachePoint" not in json.dumps(bedrock.asked)


@pytest.mark.parametrize(
    "request_",
    [
        question(f"What is {FORBIDDEN_WORD}?"),
        question(sources=(Source(number=1, title="Bad", page=None, text=f"This is {FORBIDDEN_WORD}."),)),
    ],
    ids=["question", "source"],
)
async def test_a_guardrail_looks_at_the_question_and_at_the_sources(bedrock: Bedrock, request_: ModelRequest) -> None:
    answer = await ask(bedrock, request_, guardrail=guarded(trace="enabled", stream_processing_mode="async"))

    assert (answer.text, answer.finished.reason) == (BLOCKED, "guardrail")
    assert bedrock.asked[0]["guardrailConfig"] == {
        "guardrailIdentifier": GUARDRAIL[0],
        "guardrailVersion": GUARDRAIL[1],
        "trace": "enabled",
        "streamProcessingMode": "async",
    }


async def test_a_guardrail_leaves_our_own_rules_alone(bedrock: Bedrock) -> None:
    answer = await ask(bedrock, guardrail=guarded())

    assert answer.finished.reason == "complete"
    assert blocks(bedrock.asked[0]) == ["text", "guardContent", "guardContent", "cachePoint", "guardContent"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("end_turn", "complete"),
        ("stop_sequence", "complete"),
        ("max_tokens", "max_tokens"),
        ("model_context_window_exceeded", "max_tokens"),
        ("guardrail_intervened", "guardrail"),
        ("content_filtered", "filtered"),
    ],
)
async def test_why_a_model_stopped_is_told(bedrock: Bedrock, claude: LanguageModel, told: str, reason: str) -> None:
    bedrock.will_say("It", stop_reason=told)

    assert (await answered(claude.stream(question()))).finished.reason == reason


async def test_a_reason_that_nobody_expects_is_no_end(bedrock: Bedrock, claude: LanguageModel) -> None:
    bedrock.will_say("It", stop_reason="tool_use")

    with pytest.raises(ModelBroke):
        await answered(claude.stream(question()))


@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_frames_may_be_cut_anywhere(bedrock: Bedrock, claude: LanguageModel, size: int) -> None:
    bedrock.frame_bytes = size
    bedrock.will_say("Grüße ", "aus ", Break.UNKNOWN, "Köln")

    answer = await answered(claude.stream(question()))

    assert answer.texts == ("Grüße ", "aus ", "Köln")
    assert not answer.finished.usage.estimated


async def test_use_that_is_not_told_is_estimated(bedrock: Bedrock, claude: LanguageModel) -> None:
    bedrock.will_say("It opens at nine", usage=False)

    usage = (await answered(claude.stream(question()))).finished.usage

    assert usage.estimated
    assert usage.output_tokens == 4
    assert usage.input_tokens > 100


async def test_what_fails_after_the_end_of_the_message_takes_nothing_from_it(bedrock: Bedrock) -> None:
    async with open_model(bedrock_settings(bedrock, between_timeout=0.2)) as model:
        bedrock.will_say("It", Break.SILENT_END)

        answer = await answered(model.stream(question()))

    assert (answer.text, answer.finished.reason, answer.finished.usage.estimated) == ("It", "complete", True)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (429, "ThrottlingException", ModelUnavailable),
        (429, "ModelNotReadyException", ModelUnavailable),
        (408, "ModelTimeoutException", ModelUnavailable),
        (424, "ModelErrorException", ModelUnavailable),
        (500, "InternalServerException", ModelUnavailable),
        (503, "ServiceUnavailableException", ModelUnavailable),
        (403, "AccessDeniedException", ModelMisconfigured),
        (404, "ResourceNotFoundException", ModelMisconfigured),
        (400, "ValidationException", ModelRefused),
    ],
)
async def test_an_error_before_the_stream_is_told_by_its_kind(
    bedrock: Bedrock, claude: LanguageModel, status: int, code: str, error: type[ModelError]
) -> None:
    bedrock.will_refuse(status, code)

    with pytest.raises(ModelError) as failure:
        await answered(claude.stream(question()))

    assert type(failure.value) is error
    assert (failure.value.asked, failure.value.vendor_code) == (("claude",), code)
    assert len(bedrock.asked) == 1  # retries are not the SDK's


@pytest.mark.parametrize(
    ("part", "error"),
    [
        (Fault("throttlingException"), ModelBroke),
        (Fault("modelStreamErrorException"), ModelBroke),
        (Fault("internalServerException"), ModelBroke),
        (Fault("serviceUnavailableException"), ModelBroke),
        (Fault("anotherException"), ModelBroke),
        (Fault("validationException"), ModelRefused),
        (Break.CUT, ModelBroke),
        (Break.TRUNCATED, ModelBroke),
        (Break.CORRUPT, ModelBroke),
        (Break.GARBLED, ModelBroke),
        (Break.MISSHAPEN, ModelBroke),
        (Break.ENDED, ModelBroke),
    ],
    ids=str,
)
@pytest.mark.parametrize("before", [(), ("It ", "opens")], ids=["at once", "after text"])
async def test_a_stream_that_breaks_ends_in_an_error(
    bedrock: Bedrock, claude: LanguageModel, part: Break | Fault, error: type[ModelError], before: tuple[str, ...]
) -> None:
    bedrock.will_say(*before, part)
    texts: list[str] = []

    with pytest.raises(ModelError) as failure:
        async for event in claude.stream(question()):
            texts.append(getattr(event, "text", "an end"))  # noqa: PERF401 - what came before the error counts

    assert type(failure.value) is error
    assert tuple(texts) == before


async def test_nothing_at_all_in_time_is_too_slow(bedrock: Bedrock) -> None:
    bedrock.will_hang()

    with pytest.raises(ModelTooSlow):
        await ask(bedrock, first_timeout=0.1)


@pytest.mark.parametrize("limit", ["between_timeout", "whole_timeout"])
async def test_silence_in_the_middle_breaks_an_answer(bedrock: Bedrock, limit: str) -> None:
    async with open_model(bedrock_settings(bedrock, **{limit: 0.3})) as model:
        bedrock.will_say("It", Break.HANG)
        events = model.stream(question())

        assert await until_text(events) == "It"
        with pytest.raises(ModelBroke):
            await asyncio.wait_for(anext(events), 3)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"model": "anthropic.unknown-v1:0"}, ModelMisconfigured),
        ({"guardrail": GuardrailSettings(identifier="unknown", version="1")}, ModelRefused),
    ],
)
async def test_what_bedrock_does_not_know_is_said(
    bedrock: Bedrock, values: dict[str, Any], error: type[ModelError]
) -> None:
    with pytest.raises(ModelError) as failure:
        await ask(bedrock, **values)

    assert type(failure.value) is error


async def test_too_many_tokens_are_refused_by_the_model(bedrock: Bedrock, claude: LanguageModel) -> None:
    request = ModelRequest(
        instructions="", sources=(), messages=(Message(role="user", text="Hi"),), language="en", most_tokens=9000
    )

    with pytest.raises(ModelRefused):
        await answered(claude.stream(request))


async def test_wrong_keys_are_a_fault_of_ours(bedrock: Bedrock) -> None:
    wrong = AwsSettings.model_validate({**bedrock.aws.model_dump(), "secret_access_key": f"{SECRET_KEY}-not"})
    elsewhere = bedrock.aws.model_copy(update={"region": "us-east-1"})

    for aws in (wrong, elsewhere):
        with pytest.raises(ModelMisconfigured):
            await ask(bedrock, aws=aws)

    assert [refusal.partition(":")[0] for refusal in bedrock.refused] == ["InvalidSignatureException"] * 2


async def test_a_port_where_nobody_listens_is_unavailable(bedrock: Bedrock) -> None:
    nowhere = bedrock.aws.model_copy(update={"endpoint_url": "http://127.0.0.1:9"})

    with pytest.raises(ModelUnavailable):
        await ask(bedrock, aws=nowhere)


def test_settings_refuse_a_guardrail_that_bedrock_would() -> None:
    with pytest.raises(ValueError, match="identifier"):
        BedrockModelSettings.model_validate(
            {"name": "a", "model": "b", "guardrail": {"identifier": "Not Valid", "version": "1"}}
        )
