"""Documents, and who may read them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base

State = Literal["uploading", "queued", "extracting", "splitting", "embedding", "ready", "failed", "deleting"]
Audience = Literal["everyone", "members", "restricted"]


class Document(Base):
    """A file that becomes passages: uploaded, extracted, split, embedded, and then found by whoever may read it.

    `size`, `content_type` and `sha256` (hexadecimal) are what the uploader announced; one that is `ready` is just that.
    One that is `failed` says why in `reason`. `replaces` is the document whose place it takes once it is ready.
    `audience` says who may read it: `everyone` includes visitors of a website, `members` is the business, `restricted`
    those roles and people who are in `document_reader`. `done` and `total` count the passages of the present stage.
    `due_at` (technical time) is when the worker looks at it next; `fence` counts its looks, and a look that is not the
    latest changes nothing; `failures` counts those in a row that failed. `counted_bytes` is what was recorded as the
    tenant's use of storage. `version` is the document's place among all changes of its knowledge base's documents.
    """

    __tablename__ = "document"
    __table_args__ = keeps(
        owner="ai",
        retention="tenant",
        erasure="deleted",
        personal=("uploader_id", "name", "sha256"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    knowledge_base_id: Mapped[UUID]
    replaces: Mapped[UUID | None]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    language: Mapped[str | None]
    pages: Mapped[int | None]
    passages: Mapped[int] = mapped_column(default=0)
    audience: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    uploader_id: Mapped[UUID]
    counted_bytes: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DocumentReader(Base):
    """One role or one person that may read a restricted document; the other of the two is null."""

    __tablename__ = "document_reader"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
    role: Mapped[str | None]
    user_id: Mapped[UUID | None]
