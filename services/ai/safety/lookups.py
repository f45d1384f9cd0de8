"""What is asked across tenants: who has no canary yet, and which canaries there are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document
from services.ai.knowledge.models import KnowledgeBase
from services.ai.safety.models import Canary


async def tenants_without_canary(session: AsyncSession, *, model: str, limit: int) -> Sequence[UUID]:
    """Tenants with a document that is ready, but no canary that is embedded by `model`, in no order."""
    has_canary = exists().where(
        Canary.tenant_id == Document.tenant_id,
        KnowledgeBase.tenant_id == Canary.tenant_id,
        KnowledgeBase.id == Canary.knowledge_base_id,
        KnowledgeBase.embedding_model == model,
    )
    ready = select(Document.tenant_id).where(Document.state == "ready", ~has_canary).group_by(Document.tenant_id)
    return (await session.scalars(ready.order_by(func.random()).limit(limit))).all()


async def some_canaries(session: AsyncSession, *, limit: int) -> Sequence[Canary]:
    """Canaries of different tenants, by chance."""
    return (await session.scalars(select(Canary).order_by(func.random()).limit(limit))).all()
