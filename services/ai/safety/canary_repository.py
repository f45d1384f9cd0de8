"""All SQL of canaries, within one tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document, DocumentReader
from services.ai.knowledge.models import KnowledgeBase
from services.ai.safety.models import Canary


async def add(
    session: AsyncSession, base: KnowledgeBase, document: Document, reader: DocumentReader, canary: Canary
) -> None:
    """With what it lives in."""
    for row in (base, document, reader, canary):
        session.add(row)
        await session.flush()


async def all_of_tenant(session: AsyncSession) -> Sequence[Canary]:
    return (await session.scalars(select(Canary))).all()


async def remove(session: AsyncSession, canary: Canary) -> None:
    """With what it lived in, but for its passage and words."""
    await session.execute(delete(Document).where(Document.id == canary.document_id))
    await session.execute(delete(KnowledgeBase).where(KnowledgeBase.id == canary.knowledge_base_id))


async def bases(session: AsyncSession, *, limit: int) -> Sequence[UUID]:
    """The newest knowledge bases of the tenant, hidden or not."""
    found = select(KnowledgeBase.id).order_by(KnowledgeBase.id.desc()).limit(limit)
    return (await session.scalars(found)).all()
