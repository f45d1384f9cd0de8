"""What was noticed about documents, and canaries."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base

FindingKind = Literal[
    "instruction",
    "hidden_instruction",
    "hidden_text",
    "macros",
    "remote_content",
    "scanned_page",
    "scanned_text",
    "unreadable_text",
]


class DocumentFinding(Base):
    """Something about a document that its owner should know, with the words, at most 500 characters of them.

    `instruction` is text written for a model, in the passage at `passage_position`; `hidden_instruction` is such text
    that a reader of the document does not see. The other kinds are extraction's. `number` counts from 0 within the
    document, pages from 1.
    """

    __tablename__ = "document_finding"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("text",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    passage_position: Mapped[int | None] = mapped_column(Integer)
    page: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str]
    created_at: Mapped[datetime]


class Canary(Base):
    """A word that only the tenant's own index holds, in a hidden knowledge base and a document that nobody reads.

    `id` is also who alone may read the document. Times are technical.
    """

    __tablename__ = "canary"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    document_id: Mapped[UUID]
    token: Mapped[str]
    planted_at: Mapped[datetime]
