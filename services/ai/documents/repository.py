"""All SQL of documents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document

BELL = "ai_documents"
"""The channel on which PostgreSQL says that a document is due, with its tenant."""


async def begin_deletion_of_all(session: AsyncSession, knowledge_base_id: UUID, *, now: datetime) -> None:
    """Every document of a knowledge base is found no more, and deleted soon."""
    await session.execute(
        update(Document)
        .where(Document.knowledge_base_id == knowledge_base_id, Document.state != "deleting")
        .values(state="deleting", attempts=0, due_at=now, version=Document.version + 1, updated_at=now)
    )
    await ring(session)


async def ring(session: AsyncSession) -> None:
    """Wakes the worker, once this is committed."""
    await session.execute(select(func.pg_notify(BELL, "")))
