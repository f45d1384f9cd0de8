"""Assistants, and what each was told to be, version by version."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base

Tone = Literal["friendly", "formal", "brief"]


class Assistant(Base):
    """A named assistant. `version` is the number of the one that answers."""

    __tablename__ = "assistant"
    __table_args__ = keeps(
        owner="ai",
        retention="tenant",
        erasure="deleted",
        impersonal={"name": "what a business calls its assistant"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AssistantVersion(Base):
    """What an assistant is told, knows and may spend; never changed once it is written.

    `model` is the name of one of the platform's models; null is the first in their order. `most_tokens` bounds an
    answer, `memory_tokens` what it is reminded of. `redacts` keeps personal data from leaving the machine.
    """

    __tablename__ = "assistant_version"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("author_id", "instructions"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    instructions: Mapped[str]
    tone: Mapped[str]
    model: Mapped[str | None]
    knowledge_base_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    most_tokens: Mapped[int] = mapped_column(Integer)
    memory_tokens: Mapped[int] = mapped_column(Integer)
    redacts: Mapped[bool]
    example_questions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    author_id: Mapped[UUID]
    created_at: Mapped[datetime]
