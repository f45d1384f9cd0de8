"""All SQL of knowledge bases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.context import CHANGES
from services.ai.documents.models import Document
from services.ai.knowledge.models import KnowledgeBase

ACTIVE = and_(KnowledgeBase.state == "active", ~KnowledgeBase.hidden)


async def add(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    name: str,
    description: str,
    embedding_model: str,
    now: datetime,
) -> bool:
    """False if another one has the name."""
    row = insert(KnowledgeBase).values(
        tenant_id=tenant_id,
        id=knowledge_base_id,
        name=name,
        description=description,
        embedding_model=embedding_model,
        state="active",
        last_change=0,
        created_at=now,
    )
    once = row.on_conflict_do_nothing(
        index_elements=[KnowledgeBase.tenant_id, KnowledgeBase.name], index_where=text("state = 'active'")
    )
    return await session.scalar(once.returning(KnowledgeBase.id)) is not None


async def find(session: AsyncSession, knowledge_base_id: UUID) -> KnowledgeBase | None:
    found: KnowledgeBase | None = await session.scalar(
        select(KnowledgeBase).where(KnowledgeBase.id == knowledge_base_id, ACTIVE)
    )
    return found


async def has_name(session: AsyncSession, name: str, *, besides: UUID) -> bool:
    """Whether another one is called `name`."""
    found = select(KnowledgeBase.id).where(KnowledgeBase.name == name, ACTIVE, KnowledgeBase.id != besides)
    return await session.scalar(found) is not None


async def change(session: AsyncSession, knowledge_base_id: UUID, *, name: str, description: str) -> None:
    await session.execute(
        update(KnowledgeBase).where(KnowledgeBase.id == knowledge_base_id).values(name=name, description=description)
    )


async def begin_move(session: AsyncSession, knowledge_base_id: UUID, model: str, *, now: datetime) -> None:
    """Has every passage embedded by another model too."""
    await session.execute(
        update(KnowledgeBase)
        .where(KnowledgeBase.id == knowledge_base_id)
        .values(next_embedding_model=model, moving_due_at=now)
    )
    await session.execute(select(func.pg_notify(CHANGES, "")))


async def end_move(session: AsyncSession, knowledge_base_id: UUID, model: str) -> None:
    """From now on it is searched by `model`; what is left of the old one is to be cleared."""
    await session.execute(
        update(KnowledgeBase)
        .where(KnowledgeBase.id == knowledge_base_id)
        .values(embedding_model=model, next_embedding_model=None)
    )


async def end_clearing(session: AsyncSession, knowledge_base_id: UUID) -> None:
    """Nothing is left to do, unless it moves again already."""
    await session.execute(
        update(KnowledgeBase)
        .where(KnowledgeBase.id == knowledge_base_id, KnowledgeBase.next_embedding_model.is_(None))
        .values(moving_due_at=None)
    )


async def move_on_at(session: AsyncSession, knowledge_base_id: UUID, due_at: datetime) -> None:
    await session.execute(
        update(KnowledgeBase)
        .where(KnowledgeBase.id == knowledge_base_id, KnowledgeBase.moving_due_at.is_not(None))
        .values(moving_due_at=due_at)
    )


async def lock(session: AsyncSession, knowledge_base_id: UUID) -> KnowledgeBase | None:
    """The knowledge base, of whose documents none changes until the commit."""
    found: KnowledgeBase | None = await session.scalar(
        select(KnowledgeBase).where(KnowledgeBase.id == knowledge_base_id, ACTIVE).with_for_update()
    )
    return found


async def begin_deletion(session: AsyncSession, knowledge_base_id: UUID) -> None:
    await session.execute(update(KnowledgeBase).where(KnowledgeBase.id == knowledge_base_id).values(state="deleting"))


async def page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[KnowledgeBase]:
    """The newest first; those made before the one with the id `before`."""
    wanted = select(KnowledgeBase).where(ACTIVE).order_by(KnowledgeBase.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(KnowledgeBase.id < before)
    return (await session.scalars(wanted)).all()


async def documents_by_state(
    session: AsyncSession, knowledge_base_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, str], int]:
    """How many documents there are, by knowledge base and state."""
    counted = (
        select(Document.knowledge_base_id, Document.state, func.count())
        .where(Document.knowledge_base_id.in_(knowledge_base_ids))
        .group_by(Document.knowledge_base_id, Document.state)
    )
    return {(row[0], row[1]): row[2] for row in await session.execute(counted)}


async def models_of(session: AsyncSession, knowledge_base_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """By which model each knowledge base is searched; those that are gone are not named."""
    found = select(KnowledgeBase.id, KnowledgeBase.embedding_model).where(
        KnowledgeBase.id.in_(knowledge_base_ids), ACTIVE
    )
    return {row[0]: row[1] for row in await session.execute(found)}
