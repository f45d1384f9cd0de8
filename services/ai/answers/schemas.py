"""What crosses the wire about chats and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.schemas import RequestBody, Whole
from services.ai.answers.models import Channel, State

MAX_QUESTION = 4000


class NewQuestion(RequestBody):
    """A question to an assistant. Without `chat_id` it begins a chat; `version` tries out another one of it."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["What does a loaf cost?"])
    chat_id: UUID | None = None
    version: Whole | None = Field(default=None, ge=1, le=2**31 - 1)


class CitationAnswer(BaseModel):
    """Where a claim stands: `quote` is found word for word in the passage. `at` is where in the text it belongs."""

    number: int
    knowledge_base_id: UUID
    document_id: UUID
    document_name: str
    passage_id: UUID
    page: int | None
    quote: str
    at: int


class SourceAnswer(BaseModel):
    """A passage that was given to the model, the best first."""

    number: int
    knowledge_base_id: UUID
    document_id: UUID
    document_name: str
    passage_id: UUID
    page: int | None
    score: float


class Receipt(BaseModel):
    """What an answer took. `cents` is the model's price in US cents; times are in milliseconds from the question."""

    model: str | None
    version: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cents: Decimal
    first_text_ms: int | None
    total_ms: int | None
    sources: list[SourceAnswer]


class AnswerAnswer(BaseModel):
    """A question and what was said to it. `found` is false where the documents did not hold an answer."""

    id: UUID
    chat_id: UUID
    assistant_id: UUID
    question: str
    text: str
    language: str
    state: State
    reason: str | None
    found: bool
    citations: list[CitationAnswer]
    receipt: Receipt
    rating: Literal[-1, 1] | None
    comment: str | None
    created_at: datetime
    finished_at: datetime | None


class ChatAnswer(BaseModel):
    """One thread with an assistant; its title is how it began."""

    id: UUID
    assistant_id: UUID
    channel: Channel
    title: str
    created_at: datetime
    updated_at: datetime


class Feedback(RequestBody):
    """Whether an answer helped (1) or not (-1); null takes it back."""

    rating: Literal[-1, 1] | None = Field(examples=[1])
    comment: str | None = Field(default=None, max_length=2000)


class EstimateAnswer(BaseModel):
    """What an answer may cost, in US cents; both are 0 where the model has no price, which `known` says."""

    model: str
    least_cents: Decimal
    most_cents: Decimal
    known: bool
