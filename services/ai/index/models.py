"""What is searched: passages, their vectors and their words."""

from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base


class Passage(Base):
    """A piece of a document that fits the embedding model, with its place: `position` counts from 0.

    `headings` are those it stands under, the outermost first. Pages count from 1; they are null where a document has
    none.
    """

    __tablename__ = "passage"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("text", "headings"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    document_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str]
    headings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    page_from: Mapped[int | None] = mapped_column(Integer)
    page_to: Mapped[int | None] = mapped_column(Integer)
    tokens: Mapped[int] = mapped_column(Integer)


class PassageVector(Base):
    """What an embedding model makes of a passage, of length 1; of two models while a knowledge base changes its own."""

    __tablename__ = "passage_vector"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("embedding",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    document_id: Mapped[UUID]
    dimensions: Mapped[int] = mapped_column(Integer)
    embedding: Mapped[Any] = mapped_column(HALFVEC())


class LexicalEntry(Base):
    """Where a document has a word: the positions of passages, how often it stands in each, how many words each has."""

    __tablename__ = "lexical_entry"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("term",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    positions: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    frequencies: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    lengths: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class LexicalTerm(Base):
    """How many passages of a knowledge base have a word."""

    __tablename__ = "lexical_term"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("term",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    passages: Mapped[int]
