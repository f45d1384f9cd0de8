"""What crosses the wire about widgets."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from libs.common.schemas import RequestBody, Whole
from libs.common.settings import Origin
from services.ai.answers.schemas import MAX_QUESTION

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class NewWidget(RequestBody):
    """An assistant on your website: on pages of these origins alone, and within these limits."""

    assistant_id: UUID = Field(examples=["0199aa00-0000-7000-8000-000000000001"])
    name: str = Field(min_length=1, max_length=100, examples=["Our website"])
    greeting: str = Field(default="", max_length=300, examples=["Hello! What would you like to know?"])
    colour: Colour = "#1d4ed8"
    origins: list[Origin] = Field(min_length=1, max_length=20, examples=[["https://www.example.com"]])
    visitor_hourly: Whole = Field(default=20, ge=1, le=1000)
    daily: Whole = Field(default=500, ge=1, le=100_000)
    is_on: bool = True


class WidgetAnswer(BaseModel):
    """A widget. `key` is what the script tag names; it is no secret."""

    id: UUID
    assistant_id: UUID
    key: str
    name: str
    greeting: str
    colour: str
    origins: list[str]
    visitor_hourly: int
    daily: int
    is_on: bool
    created_at: datetime


class ShownWidget(BaseModel):
    """What a page needs to show the widget."""

    greeting: str
    colour: str
    assistant: str
    example_questions: list[str]


class VisitorQuestion(RequestBody):
    """A visitor's question. `chat` is what the answer before gave, to go on with it."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["What does a loaf cost?"])
    chat: str | None = Field(default=None, max_length=400)
