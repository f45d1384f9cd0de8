"""Knowledge bases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import false
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base


class KnowledgeBase(Base):
    """A named collection of documents that assistants answer from.

    `embedding_model` is the one whose vectors are searched; another is put in its place once every document has vectors
    of it, which until then is `next_embedding_model`: the worker goes on with that, and with clearing what is left of
    the old one, at `moving_due_at` (technical time). One that is `deleting` is nobody's any more; it goes with its last
    document. `last_change` counts the changes of its documents, in the order of their commits. A `hidden` one is the
    platform's own, and no member is told of it (see `services/ai/safety/canaries.py`).
    """

    __tablename__ = "knowledge_base"
    __table_args__ = keeps(
        owner="ai",
        retention="tenant",
        erasure="deleted",
        impersonal={"name": "what a business calls its documents"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    next_embedding_model: Mapped[str | None]
    moving_due_at: Mapped[datetime | None]
    state: Mapped[str]
    embedding_model: Mapped[str]
    hidden: Mapped[bool] = mapped_column(server_default=false())
    last_change: Mapped[int]
    created_at: Mapped[datetime]
