"""What crosses the wire about evaluations."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.schemas import RequestBody, Whole
from services.ai.answers.schemas import MAX_QUESTION

MOST_QUESTIONS = 200


class NewEvaluationQuestion(RequestBody):
    """What is expected: a document among the sources, words in the answer, or, with `unanswerable`, an honest no."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["What does a loaf cost?"])
    document_id: UUID | None = None
    expected: str | None = Field(default=None, min_length=1, max_length=1000, examples=["four euros"])
    unanswerable: bool = False

    @model_validator(mode="after")
    def _expects_one_thing(self) -> Self:
        expects = self.document_id is not None or self.expected is not None
        if expects == self.unanswerable:
            raise ValueError("name a document or words that are expected, or say that it is unanswerable")
        return self


class EvaluationQuestionAnswer(BaseModel):
    """One question of an evaluation set."""

    id: UUID
    question: str
    document_id: UUID | None
    expected: str | None
    unanswerable: bool
    created_at: datetime


class NewRun(RequestBody):
    """Which version is evaluated; by default the one that answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 2}]})

    version: Whole | None = Field(default=None, ge=1, le=2**31 - 1)


class Scores(BaseModel):
    """Shares from 0 to 1, null where no question asks for it.

    `sources`: the expected document was among the sources; `mrr`: the mean of 1 / its place; `answers`: the expected
    words stood in the answer; `honesty`: it said that the documents do not hold what they do not hold.
    """

    sources: float | None = None
    mrr: float | None = None
    answers: float | None = None
    honesty: float | None = None


class Result(BaseModel):
    """How one question was answered. `passed` is whether all that is expected of it came true."""

    question_id: UUID
    question: str
    answer: str
    found: bool
    place: int | None
    has_words: bool | None
    passed: bool


class RunAnswer(BaseModel):
    """An evaluation of one version. One that failed says why in `reason`."""

    id: UUID
    version: int
    state: Literal["running", "done", "failed"]
    reason: str | None
    done: int
    total: int
    scores: Scores
    created_at: datetime
    finished_at: datetime | None


class WholeRunAnswer(RunAnswer):
    """With what was answered to each question."""

    results: list[Result]
