"""Several models as one."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from libs.common.circuit import Circuit
from services.ai.models import (
    Finished,
    LocalModelSettings,
    ModelBroke,
    ModelError,
    ModelEvent,
    ModelMisconfigured,
    ModelRefused,
    ModelRequest,
    Models,
    ModelSettings,
    ModelTooSlow,
    ModelUnavailable,
    OpenAIModelSettings,
    TextDelta,
    Usage,
    open_models,
)
from tests.services.ai.bedrock import Break, fake_bedrock
from tests.services.ai.models.asking import answered, question, until_text
from tests.services.ai.models.forms import bedrock_settings
from tests.support.eventually import eventually

Part = str | type[ModelError]


@dataclass
class Scripted:
    """A model that says what it is told to, each script for one question; without one it says its name."""

    name: str
    scripts: list[Sequence[Part]] = field(default_factory=list)
    asked: int = 0
    closed: int = 0

    @property
    def model(self) -> str:
        return f"vendor-{self.name}"

    async def stream(self, _request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.asked += 1
        try:
            for part in self.scripts.pop(0) if self.scripts else [self.name]:
                if not isinstance(part, str):
                    raise part(self.name)
                yield TextDelta(text=part)
            usage = Usage(input_tokens=1, output_tokens=1)
            yield Finished(usage=usage, reason="complete", model=self.model, name=self.name)
        finally:
            self.closed += 1


def together(*models: Scripted, new_circuit: Callable[[], Circuit] = Circuit) -> Models:
    return Models(models, pause=0.001, new_circuit=new_circuit)


async def test_the_first_that_answers_is_the_one() -> None:
    first, second = Scripted("a"), Scripted("b")

    answer = await answered(together(first, second).stream(question()))

    assert (answer.text, answer.finished.name, second.asked) == ("a", "a", 0)


@pytest.mark.parametrize(
    ("failure", "tries"),
    [(ModelUnavailable, 2), (ModelBroke, 2), (ModelTooSlow, 1), (ModelMisconfigured, 1), (ModelRefused, 1)],
)
async def test_the_next_answers_where_one_fails_before_its_first_text(failure: type[ModelError], tries: int) -> None:
    first, second = Scripted("a", [[failure], [failure]]), Scripted("b")

    answer = await answered(together(first, second).stream(question()))

    assert (answer.text, answer.finished.name) == ("b", "b")
    assert (first.asked, first.closed) == (tries, tries)


async def test_a_model_is_asked_again_before_the_next_one_is() -> None:
    first, second = Scripted("a", [[ModelUnavailable]]), Scripted("b")

    answer = await answered(together(first, second).stream(question()))

    assert (answer.text, first.asked, second.asked) == ("a", 2, 0)


@pytest.mark.parametrize("failure", [ModelBroke, ModelUnavailable, ModelRefused])
async def test_nobody_is_asked_after_the_first_text(failure: type[ModelError]) -> None:
    first, second = Scripted("a", [["It ", failure]]), Scripted("b")
    events = together(first, second).stream(question())

    assert await until_text(events) == "It "
    with pytest.raises(ModelBroke) as broke:
        await anext(events)

    assert broke.value.asked == ("a",)
    assert (first.asked, second.asked) == (1, 0)


@pytest.mark.parametrize(
    ("failures", "error"),
    [
        ((ModelRefused, ModelRefused), ModelRefused),
        ((ModelMisconfigured, ModelMisconfigured), ModelMisconfigured),
        ((ModelTooSlow, ModelTooSlow), ModelTooSlow),
        ((ModelUnavailable, ModelUnavailable), ModelUnavailable),
        ((ModelBroke, ModelBroke), ModelUnavailable),
        ((ModelRefused, ModelTooSlow), ModelUnavailable),
    ],
)
async def test_if_none_answers_it_is_said_who_was_asked(
    failures: tuple[type[ModelError], type[ModelError]], error: type[ModelError]
) -> None:
    models = together(*(Scripted(name, [[failure]] * 2) for name, failure in zip("ab", failures, strict=True)))

    with pytest.raises(ModelError) as failed:
        await answered(models.stream(question()))

    assert type(failed.value) is error
    assert failed.value.asked == ("a", "b")


async def test_a_chosen_model_is_asked_first_and_those_before_it_never() -> None:
    abroad, chosen, local = Scripted("a"), Scripted("b", [[ModelRefused]] * 2), Scripted("c", [["c"], [ModelTooSlow]])
    models = together(abroad, chosen, local)

    assert (await answered(models.stream(question(), first="b"))).text == "c"
    with pytest.raises(ModelUnavailable) as failed:
        await answered(models.stream(question(), first="b"))
    assert failed.value.asked == ("b", "c")
    assert abroad.asked == 0
    assert models.names == ("a", "b", "c")
    assert models["b"].model == "vendor-b"


async def test_a_model_that_is_not_in_the_settings_is_not_replaced() -> None:
    only = Scripted("a")

    with pytest.raises(ModelMisconfigured):
        await answered(together(only).stream(question(), first="gone"))

    assert only.asked == 0


def test_two_models_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="same name"):
        together(Scripted("a"), Scripted("a"))


async def test_a_model_that_keeps_failing_is_left_alone_and_then_tried_once() -> None:
    now = 0.0
    first, second = Scripted("a", [[ModelUnavailable]] * 5), Scripted("b")
    models = together(first, second, new_circuit=lambda: Circuit(threshold=4, cool_down=10, monotonic=lambda: now))

    for _ in range(4):
        assert (await answered(models.stream(question()))).text == "b"
    assert first.asked == 4

    now = 11
    await answered(models.stream(question()))
    assert first.asked == 5

    now = 22
    assert (await answered(models.stream(question()))).text == "a"
    assert (await answered(models.stream(question()))).text == "a"


async def test_answers_that_break_off_count_as_failures_and_refusals_do_not() -> None:
    breaking, refusing = Scripted("a", [["It", ModelBroke]] * 3), Scripted("b", [[ModelRefused]] * 9)
    models = together(breaking, refusing, new_circuit=lambda: Circuit(threshold=3, cool_down=60))

    for _ in range(3):
        with pytest.raises(ModelBroke):
            await answered(models.stream(question()))
    for _ in range(6):
        with pytest.raises(ModelUnavailable):
            await answered(models.stream(question()))

    assert (breaking.asked, refusing.asked) == (3, 6)


async def test_who_leaves_closes_the_answer() -> None:
    model = Scripted("a", [["one", "two", "three"]])

    async with aclosing(together(model).stream(question())) as events:
        assert await until_text(events) == "one"
        assert model.closed == 0

    assert model.closed == 1


async def test_a_caller_who_is_cancelled_while_waiting_closes_the_connection() -> None:
    async with fake_bedrock() as bedrock, open_models([bedrock_settings(bedrock), LocalModelSettings()]) as models:
        bedrock.will_hang()
        caller = asyncio.create_task(answered(models.stream(question())))
        await eventually(lambda: len(bedrock.asked) == 1)

        caller.cancel()

        with pytest.raises(asyncio.CancelledError):
            await caller
        await eventually(lambda: bedrock.left == 1)


async def test_the_local_answerer_answers_when_the_network_does_not() -> None:
    async with fake_bedrock() as bedrock:
        settings: list[ModelSettings] = [
            bedrock_settings(bedrock, first_timeout=0.2),
            OpenAIModelSettings(name="gpt", model="gpt-4o-mini", base_url="http://127.0.0.1:9/v1"),
            LocalModelSettings(),
        ]
        bedrock.will_say(Break.CUT)
        bedrock.will_hang()

        async with open_models(settings) as models:
            answer = await answered(models.stream(question()))

    assert answer.finished.name == "local"
    assert "opens at nine" in answer.text


async def test_throttling_that_passes_is_waited_out() -> None:
    async with fake_bedrock() as bedrock, open_models([bedrock_settings(bedrock)]) as models:
        bedrock.will_refuse(429, "ThrottlingException")
        bedrock.will_say("It opens.")

        assert (await answered(models.stream(question()))).text == "It opens."

        bedrock.will_refuse(429, "ThrottlingException", times=2)
        with pytest.raises(ModelUnavailable):
            await answered(models.stream(question()))
