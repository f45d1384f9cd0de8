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
    """What an embedding model makes of a passage, of length 1; of two models while a knowledge base changes its own.

    `document_id` and `position` are the passage's own, by which searches know it.
    """

    __tablename__ = "passage_vector"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("embedding",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    document_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    dimensions: Mapped[int] = mapped_column(Integer)
    embedding: Mapped[Any] = mapped_column(HALFVEC())


class LexicalEntry(Base):
    """In which passages of a document a word stands. Written as the document is published, never changed.

    A `piece` is 256 passages, the first of them at `piece * 256`. A posting tells of one passage: its place in the
    piece (bits 23 to 30), how often the word stands there (bits 15 to 22, at most 255) and how many words the passage
    has (bits 0 to 14, at most 32767). So a word's postings are read from the primary key's index alone, one after the
    other, however many documents they come from.
    """

    __tablename__ = "lexical_entry"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("term",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    piece: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    postings: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class LexicalTerm(Base):
    """How many passages of a knowledge base's published documents have a word; no row where none has it."""

    __tablename__ = "lexical_term"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("term",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    passages: Mapped[int]


class LexicalDocument(Base):
    """What a published document adds to the totals: `passages` that have words, and their `words`."""

    __tablename__ = "lexical_document"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    language: Mapped[str]
    passages: Mapped[int]
    words: Mapped[int]


class LexicalTotal(Base):
    """The sum of a knowledge base's published documents in one language; no row where there is none."""

    __tablename__ = "lexical_total"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    documents: Mapped[int]
    passages: Mapped[int]
    words: Mapped[int]
