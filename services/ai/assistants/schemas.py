"""What crosses the wire about assistants."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from libs.common.schemas import RequestBody, Whole
from services.ai.assistants.models import Tone

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class NewAssistant(RequestBody):
    """What an assistant is told, knows and may spend. Writing it anew makes another version of it.

    `model` is one of the platform's models, null the usual one. `most_tokens` bounds an answer, `memory_tokens` what it
    is reminded of from the chat. With `redacts`, personal data is taken out of what a model of others is sent.
    """

    name: Name = Field(examples=["Front desk"])
    instructions: str = Field(
        default="", max_length=8000, examples=["You answer guests of our hotel. Offer to call them back."]
    )
    tone: Tone = "friendly"
    model: str | None = Field(default=None, max_length=100)
    knowledge_base_ids: list[UUID] = Field(default=[], max_length=20)
    most_tokens: Whole = Field(default=600, ge=50, le=4000)
    memory_tokens: Whole = Field(default=1500, ge=0, le=20_000)
    redacts: bool = False
    example_questions: list[Question] = Field(default=[], max_length=8)


class VersionAnswer(BaseModel):
    """One version of an assistant."""

    number: int
    instructions: str
    tone: Tone
    model: str | None
    knowledge_base_ids: list[UUID]
    most_tokens: int
    memory_tokens: int
    redacts: bool
    example_questions: list[str]
    author_id: UUID
    created_at: datetime


class AssistantAnswer(BaseModel):
    """An assistant, and the version of it that answers."""

    id: UUID
    name: str = Field(examples=["Front desk"])
    current: VersionAnswer
    created_at: datetime
    updated_at: datetime


class ModelAnswer(BaseModel):
    """A model that assistants may use. `leaves_the_machine` says whether it is asked elsewhere."""

    name: str = Field(examples=["local"])
    leaves_the_machine: bool


class ModelsAnswer(BaseModel):
    """In the order in which they are asked; the first one is the usual one."""

    items: list[ModelAnswer]
