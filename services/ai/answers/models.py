"""Chats with assistants, and their answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Integer, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base

State = Literal["running", "done", "stopped", "failed"]
Channel = Literal["app", "conversation", "widget", "evaluation"]


class Chat(Base):
    """One asker's thread with an assistant: a member's, or a visitor's on a website, who has no `user_id`."""

    __tablename__ = "chat"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("user_id", "title"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    channel: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Answer(Base):
    """A question, what was said to it with its citations, and the receipt.

    `cents` is the model's price in US cents; times are in milliseconds from the question. `found` is whether the
    documents held an answer. `reason` says why one ended before its end.
    """

    __tablename__ = "answer"
    __table_args__ = keeps(
        owner="ai", retention="tenant", erasure="deleted", personal=("question", "text", "citations", "comment")
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    chat_id: Mapped[UUID]
    assistant_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    question: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    found: Mapped[bool]
    citations: Mapped[list[Any]]
    sources: Mapped[list[Any]]
    model: Mapped[str | None]
    input_tokens: Mapped[int] = mapped_column(Integer)
    output_tokens: Mapped[int] = mapped_column(Integer)
    cache_read_tokens: Mapped[int] = mapped_column(Integer)
    cache_write_tokens: Mapped[int] = mapped_column(Integer)
    cents: Mapped[Decimal] = mapped_column(Numeric(12, 6))
    first_text_ms: Mapped[int | None] = mapped_column(Integer)
    total_ms: Mapped[int | None] = mapped_column(Integer)
    rating: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AnswerDocument(Base):
    """A document of which passages were given to the model for an answer; `cited` where the answer rests on it."""

    __tablename__ = "answer_document"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    cited: Mapped[bool]
