"""The extractive answerer: quotes the sentences that fit a question best. No network, no model, no price."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

import structlog

from libs.adapters.errors import PortError
from services.ai.models.fitting import Fit, ScoreSentences, fits, stems
from services.ai.models.phrases import Phrases, phrases_of
from services.ai.models.port import Finished, ModelEvent, ModelRequest, Source, TextDelta, Usage
from services.ai.models.prompt import NOT_IN_SOURCES, neutral, question_of
from services.ai.models.settings import LocalModelSettings
from services.ai.passages.sentences import sentences

logger = structlog.get_logger()
MODEL = "extractive"
_DOUBLE_QUOTES = re.compile('["“”„‟«»]')
_MOST_SENTENCE, _MOST_QUOTE = 600, 400
_BYTES_PER_TOKEN = 4
# A short paragraph without a full stop and without numbers, which lists of prices have, and with another one below it.
_HEADING = re.compile(r"[^\d|]{1,100}(?<![.!?…:;,。！？])\Z")
_PARAGRAPH_END = re.compile(r"[^\S\n]*\n[^\S\n]*\n\s*\S")
_FEW_WORDS = 6
# A sentence fits if it holds more than a third of the words, or much of the meaning, and is not far from the best.
_LEAST_COVERAGE, _LEAST_SIMILARITY, _LEAST_OF_BEST = 0.34, 0.45, 0.6
# Meaning costs some milliseconds for each sentence: it is asked only where words do not do, and not of all sentences.
_ENOUGH_COVERAGE, _MOST_COMPARED = 0.5, 12


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    """`heading` is the line above, whose words help to find the sentence, and which answers nothing by itself."""

    source: Source
    text: str
    heading: str

    @property
    def read(self) -> str:
        return f"{self.heading} {self.text}".lstrip()


class LocalModel:
    """Answers in words of the documents alone; `score_sentences` lets it find what is said in other words."""

    def __init__(self, settings: LocalModelSettings, score_sentences: ScoreSentences | None = None) -> None:
        self._settings = settings
        self._score_sentences = score_sentences

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def model(self) -> str:
        return MODEL

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        question = question_of(request, name=self.name)
        phrases = phrases_of(request.language)
        known = _sentences_of(request)
        chosen: list[_Sentence] = []
        for reading in _readings(request, question, phrases):
            chosen = chosen or await self._choose(reading, known, phrases)
        if chosen:
            yield TextDelta(text=f"{phrases.found}\n")
            for sentence in _within(chosen, request.most_tokens):
                yield TextDelta(text=f"\n- {neutral(sentence.text)} {_citation(sentence)}")
        else:
            yield TextDelta(text=f"{NOT_IN_SOURCES}\n{phrases.nothing}")
        usage = Usage(input_tokens=0, output_tokens=0)
        yield Finished(usage=usage, reason="complete", model=self.model, name=self.name)

    async def _choose(self, question: str, known: Sequence[_Sentence], phrases: Phrases) -> list[_Sentence]:
        """The best of them, in reading order; none if none fits."""
        texts = [sentence.read for sentence in known]
        fit = fits(question, texts, phrases.fillers)
        if max((each.coverage for each in fit), default=1.0) < _ENOUGH_COVERAGE:
            await self._compare_meaning(question, texts, fit)
        fitting = sorted((place for place in range(len(known)) if _fits(fit[place])), key=lambda at: -fit[at].score)
        near = [place for place in fitting if fit[place].score >= _LEAST_OF_BEST * fit[fitting[0]].score]
        return [known[place] for place in sorted(near[: self._settings.most_sentences])]

    async def _compare_meaning(self, question: str, texts: Sequence[str], fit: list[Fit]) -> None:
        """Adds it to `fit`, of the best by words and then of those in the best sources, which come first."""
        if self._score_sentences is None:
            return
        compared = sorted(range(len(texts)), key=lambda at: -fit[at].score)[:_MOST_COMPARED]
        try:
            similarities = await self._score_sentences(question, [texts[place] for place in compared])
        except PortError as error:
            logger.warning("model.local.meaning_not_compared", error=error.code)
            return
        for place, similarity in zip(compared, similarities, strict=True):
            fit[place] = replace(fit[place], score=fit[place].score + similarity, similarity=similarity)


def _readings(request: ModelRequest, question: str, phrases: Phrases) -> list[str]:
    """How a question may be meant: by itself, or, if it has a few words only, together with the one before it.

    With a single word that says something ("And on Sundays?") it is hardly meant by itself.
    """
    earlier = [message.text for message in request.messages[:-1] if message.role == "user"]
    if not earlier or len(question.split()) > _FEW_WORDS:
        return [question]
    together = f"{earlier[-1]} {question}"
    return [together, question] if len(set(stems(question, phrases.fillers))) < 2 else [question, together]


def _fits(fit: Fit) -> bool:
    alike = fit.similarity is not None and fit.similarity >= _LEAST_SIMILARITY
    return alike or fit.coverage >= _LEAST_COVERAGE


def _sentences_of(request: ModelRequest) -> list[_Sentence]:
    """Each sentence of the sources once, however many of them hold it."""
    found: dict[str, _Sentence] = {}
    for source in request.sources:
        heading = ""
        for start, end in sentences(source.text, request.language):
            text = " ".join(source.text[start:end].split())
            if _HEADING.match(text) and _PARAGRAPH_END.match(source.text, end):
                heading = text
            elif len(text) <= _MOST_SENTENCE:
                found.setdefault(text.casefold(), _Sentence(source=source, text=text, heading=heading))
    return list(found.values())


def _within(chosen: Sequence[_Sentence], most_tokens: int) -> list[_Sentence]:
    """As many as the limit lets through, but at least one."""
    kept, used = list(chosen[:1]), len(chosen[0].text.encode())
    for sentence in chosen[1:]:
        used += len(sentence.text.encode())
        if used > most_tokens * _BYTES_PER_TOKEN:
            break
        kept.append(sentence)
    return kept


def _citation(sentence: _Sentence) -> str:
    """Quote marks in it would end it, so they become single ones, which readers of citations take for the same."""
    quote = _DOUBLE_QUOTES.sub("'", sentence.text)
    if len(quote) > _MOST_QUOTE:
        quote = quote[:_MOST_QUOTE].rsplit(" ", 1)[0]
    return f'[{sentence.source.number}: "{quote}"]'
