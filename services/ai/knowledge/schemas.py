"""What crosses the wire about knowledge bases."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.schemas import RequestBody


class NewKnowledgeBase(RequestBody):
    """Its name is its own within the business."""

    name: str = Field(min_length=1, max_length=100, examples=["Terms and prices"])
    description: str = Field(default="", max_length=1000, examples=["What customers ask before they buy"])


class EmbeddingModel(RequestBody):
    """One of the platform's embedding models."""

    model: str = Field(min_length=1, max_length=100, examples=["minilm-l6-v2"])


class KnowledgeBaseAnswer(BaseModel):
    """A knowledge base. `documents` counts those that are ready, `waiting` those on their way, `failed` the others.

    It is searched by `embedding_model`, until all is embedded by `next_embedding_model`.
    """

    id: UUID
    name: str = Field(examples=["Terms and prices"])
    description: str
    embedding_model: str = Field(examples=["minilm-l6-v2"])
    next_embedding_model: str | None
    documents: int
    waiting: int
    failed: int
    created_at: datetime
