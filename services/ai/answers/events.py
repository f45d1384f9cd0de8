"""What happens while an answer is written, for whoever shows it."""

from dataclasses import dataclass

from services.ai.answers.schemas import AnswerAnswer, CitationAnswer, SourceAnswer


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that the model was given."""

    items: list[SourceAnswer]


@dataclass(frozen=True, slots=True)
class Written:
    """The next piece of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """What was just written stands there."""

    citation: CitationAnswer


@dataclass(frozen=True, slots=True)
class Ended:
    """The whole answer with its receipt, however it ended."""

    answer: AnswerAnswer


Event = Sources | Written | Cited | Ended
