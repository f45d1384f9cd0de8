"""How an answer is judged, and what a version's answers come to."""

import re
from collections.abc import Sequence

from services.ai.answers.schemas import AnswerAnswer
from services.ai.evaluation.models import EvaluationQuestion
from services.ai.evaluation.schemas import Result, Scores

_WORDS = re.compile(r"\w+")


def judge(question: EvaluationQuestion, answer: AnswerAnswer) -> Result:
    """What became true of all that is expected. The place of the expected document among the sources counts from 1."""
    documents = list(dict.fromkeys(source.document_id for source in answer.receipt.sources))
    place = documents.index(question.document_id) + 1 if question.document_id in documents else None
    has_words = None if question.expected is None else _has(answer.text, question.expected)
    expected = [not answer.found] if question.unanswerable else [answer.found]
    if question.document_id is not None:
        expected.append(place is not None)
    if has_words is not None:
        expected.append(has_words)
    return Result(
        question_id=question.id,
        question=question.question,
        answer=answer.text,
        found=answer.found,
        place=place,
        has_words=has_words,
        passed=all(expected),
    )


def scores(questions: Sequence[EvaluationQuestion], results: Sequence[Result]) -> Scores:
    """Over the questions that were asked."""
    by_id = {result.question_id: result for result in results}
    asked = [(question, by_id[question.id]) for question in questions if question.id in by_id]
    placed = [result for question, result in asked if question.document_id is not None]
    worded = [result for question, result in asked if question.expected is not None]
    honest = [result for question, result in asked if question.unanswerable]
    return Scores(
        sources=_mean([float(result.place is not None) for result in placed]),
        mrr=_mean([1 / result.place if result.place else 0.0 for result in placed]),
        answers=_mean([float(bool(result.has_words)) for result in worded]),
        honesty=_mean([float(not result.found) for result in honest]),
    )


def _has(text: str, expected: str) -> bool:
    """Whether the words stand there in this order and next to each other, whatever their case and punctuation."""
    return f" {' '.join(_WORDS.findall(expected.casefold()))} " in f" {' '.join(_WORDS.findall(text.casefold()))} "


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
