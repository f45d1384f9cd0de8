"""Several models as one: asked in order until one answers, each left alone for a while when it keeps failing."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import stamina
import structlog

from libs.common.circuit import Circuit, CircuitOpen
from services.ai.models.errors import (
    ModelBroke,
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    ModelTooSlow,
    ModelUnavailable,
)
from services.ai.models.port import Answering, LanguageModel, ModelEvent, ModelRequest

logger = structlog.get_logger()
TRIES = 2


class _AskAgain(Exception):
    """The same model may be asked again."""


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """An answer whose first event is here: text, unless the answer has none."""

    model: LanguageModel
    first: ModelEvent
    rest: AsyncGenerator[ModelEvent, None]


class Models:
    """The models of this process, in the order of the settings."""

    def __init__(
        self,
        models: Sequence[LanguageModel],
        *,
        pause: float = 0.2,
        new_circuit: Callable[[], Circuit] = Circuit,
    ) -> None:
        """`pause`, in seconds, is about how long to wait before the same model is asked again.

        Raises:
            ValueError: two models have one name.
        """
        if len({model.name for model in models}) < len(models):
            raise ValueError("Two language models have the same name: give each its own.")
        self._models: Mapping[str, LanguageModel] = {model.name: model for model in models}
        self._circuits = {name: new_circuit() for name in self._models}
        self._pause = pause

    @property
    def names(self) -> tuple[str, ...]:
        """As the settings call them, in their order."""
        return tuple(self._models)

    def __getitem__(self, name: str) -> LanguageModel:
        """The model that the settings call `name`.

        Raises:
            ModelMisconfigured: there is no such model.
        """
        return self.order(name)[0]

    def order(self, first: str | None) -> Sequence[LanguageModel]:
        """The models that may answer where `first` is asked first.

        Raises:
            ModelMisconfigured: there is no such model.
        """
        if first is not None and first not in self._models:
            raise ModelMisconfigured(first)
        start = 0 if first is None else self.names.index(first)
        return list(self._models.values())[start:]

    async def stream(
        self, request: ModelRequest, *, first: str | None = None
    ) -> AsyncGenerator[Answering | ModelEvent, None]:
        """The answer of the model `first`, or of the next one in the settings' order that gives one.

        Models before `first` are never asked: with those that keep texts on this machine at the end, whoever chose
        one of them is not moved to one that does not. As soon as text was given, no model is asked again. Iterate
        within `contextlib.aclosing`, which ends the call and its connection whatever happens.

        Raises:
            ModelUnavailable: none answered.
            ModelRefused: all refused the request.
            ModelBroke: the answer broke off after its first text.
        """
        begun = await self._begin(request, self.order(first))
        async with aclosing(begun.rest):
            yield Answering(model=begun.model.model, name=begun.model.name)
            yield begun.first
            try:
                async for event in begun.rest:
                    yield event
            except ModelError as failure:
                self._note(begun.model.name, failure)
                raise ModelBroke(begun.model.name) from failure
        self._circuits[begun.model.name].succeeded()

    async def _begin(self, request: ModelRequest, order: Sequence[LanguageModel]) -> _Begun:
        failures: list[ModelError] = []
        for model in order:
            try:
                return await self._ask(model, request)
            except ModelError as failure:
                failures.append(failure)
        raise _verdict([model.name for model in order], failures)

    async def _ask(self, model: LanguageModel, request: ModelRequest) -> _Begun:
        """Asks once, or twice where that may help."""
        try:
            async for attempt in stamina.retry_context(
                on=_AskAgain,
                attempts=TRIES,
                wait_initial=self._pause,
                wait_max=2 * self._pause,
                wait_jitter=self._pause,
            ):
                with attempt:
                    return await self._ask_once(model, request)
        except _AskAgain as again:
            if isinstance(again.__cause__, ModelError):
                raise again.__cause__ from again.__cause__.__cause__
            raise
        raise AssertionError("a retry loop ends by returning or raising")

    async def _ask_once(self, model: LanguageModel, request: ModelRequest) -> _Begun:
        try:
            self._circuits[model.name].check()
            events = model.stream(request)
            return _Begun(model=model, first=await anext(events), rest=events)
        except CircuitOpen as error:
            raise ModelUnavailable(model.name) from error
        except ModelError as failure:
            self._note(model.name, failure)
            if failure.tries_again:
                raise _AskAgain from failure
            raise

    def _note(self, name: str, failure: ModelError) -> None:
        if not isinstance(failure, ModelRefused):  # that says nothing about the model's health
            self._circuits[name].failed()
        logger.warning(
            "model.failed",
            model=name,
            code=failure.code,
            vendor_code=failure.vendor_code,
            cause=type(failure.__cause__).__name__,
        )


def _verdict(asked: Sequence[str], failures: Sequence[ModelError]) -> ModelError:
    """One error for all: of their kind where they are of one, else that none is available."""
    for kind in (ModelRefused, ModelMisconfigured, ModelTooSlow):
        if failures and all(isinstance(failure, kind) for failure in failures):
            return kind(*asked, detail=failures[0].detail)
    return ModelUnavailable(*asked)
