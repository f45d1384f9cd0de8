"""What is asked across tenants: which knowledge bases there are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.knowledge.models import KnowledgeBase


async def knowledge_bases(
    session: AsyncSession, *, after: tuple[UUID, UUID], limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Up to `limit` knowledge bases after the one given, each as its tenant's id and its own, hidden ones too."""
    key = (KnowledgeBase.tenant_id, KnowledgeBase.id)
    found = select(*key).where(tuple_(*key) > after).order_by(*key).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(found)]
