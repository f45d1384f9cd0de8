"""What every language model is asked and answers, whoever runs it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

Reason = Literal["complete", "max_tokens", "guardrail", "filtered"]
"""Why a model stopped: it was done, reached the limit asked for, or a guardrail or the vendor's filter stopped it."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn of a chat."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """A retrieved passage: data to answer from, never instructions. `number`, from 1, is what a citation names."""

    number: int
    title: str
    page: int | None
    text: str


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """A question with all that is needed to answer it; the last of `messages` is the question.

    `instructions` are those of the assistant; `language` (ISO 639-1) is what to answer in.
    """

    instructions: str
    sources: tuple[Source, ...]
    messages: tuple[Message, ...]
    language: str
    most_tokens: int


@dataclass(frozen=True, kw_only=True)
class TextDelta:
    """The next piece of the answer; never empty."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one answer. `input_tokens` are those neither read from the vendor's cache nor written to it.

    `estimated` where the vendor did not tell, and the numbers were made from the length of the texts.
    """

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The last event of an answer that came to its end.

    `name` is the model's in our settings; `model` is the vendor's, by which it has its price. With the reason
    `guardrail` the text that was given before may have to be withdrawn.
    """

    usage: Usage
    reason: Reason
    model: str
    name: str


ModelEvent = TextDelta | Finished


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers, before the first text, where several might; `name` and `model` as in `Finished`."""

    model: str
    name: str


class LanguageModel(Protocol):
    """Something that answers from sources, citing them as `services.ai.models.prompt` describes."""

    @property
    def name(self) -> str:
        """Its name in our settings."""

    @property
    def model(self) -> str:
        """Its vendor's name for it."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The answer in pieces, then one `Finished`. Close it (`contextlib.aclosing`) to end the call early.

        Raises:
            ModelUnavailable: it gave no answer; nothing was given yet.
            ModelRefused: it will not answer this request, now or later.
            ModelBroke: the answer broke off.
        """
