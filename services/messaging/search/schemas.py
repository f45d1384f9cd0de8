"""What crosses the wire about search."""

from pydantic import BaseModel, Field

from services.messaging.messages.schemas import MessageAnswer

MAX_QUERY = 200


class Found(BaseModel):
    """Where a word of the query begins a word of the text: offsets in UTF-16 code units, as JavaScript counts."""

    start: int
    end: int


class Hit(BaseModel):
    """A message that has every word of the query, and the places of its text that a snippet should show."""

    message: MessageAnswer
    found: list[Found] = Field(max_length=100)
