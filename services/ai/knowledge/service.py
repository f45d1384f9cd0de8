"""Knowledge bases: what belongs together, and is searched together."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.paging import Page, PageRequest, page_of
from services.ai.context import AiContext
from services.ai.documents import repository as documents
from services.ai.knowledge import repository
from services.ai.knowledge.errors import KnowledgeBaseNotFound, NameTaken, UnknownEmbeddingModel
from services.ai.knowledge.models import KnowledgeBase
from services.ai.knowledge.schemas import KnowledgeBaseAnswer, NewKnowledgeBase

LIST = "knowledge_bases"


async def create(
    session: AsyncSession, tenant_id: UUID, wanted: NewKnowledgeBase, *, model: str
) -> KnowledgeBaseAnswer:
    """Raises NameTaken."""
    knowledge_base_id = new_id()
    made = await repository.add(
        session,
        tenant_id=tenant_id,
        knowledge_base_id=knowledge_base_id,
        name=wanted.name,
        description=wanted.description,
        embedding_model=model,
        now=datetime.now(UTC),
    )
    if not made:
        raise NameTaken
    return await read(session, knowledge_base_id)


async def find(session: AsyncSession, knowledge_base_id: UUID) -> KnowledgeBase:
    """Raises KnowledgeBaseNotFound."""
    found = await repository.find(session, knowledge_base_id)
    if found is None:
        raise KnowledgeBaseNotFound
    return found


async def read(session: AsyncSession, knowledge_base_id: UUID) -> KnowledgeBaseAnswer:
    """Raises KnowledgeBaseNotFound."""
    found = await find(session, knowledge_base_id)
    return _answer(found, await repository.documents_by_state(session, [found.id]))


async def change(session: AsyncSession, knowledge_base_id: UUID, wanted: NewKnowledgeBase) -> KnowledgeBaseAnswer:
    """Raises KnowledgeBaseNotFound, NameTaken."""
    found = await find(session, knowledge_base_id)
    if await repository.has_name(session, wanted.name, besides=found.id):
        raise NameTaken
    await repository.change(session, found.id, name=wanted.name, description=wanted.description)
    await session.refresh(found)
    return _answer(found, await repository.documents_by_state(session, [found.id]))


async def move(context: AiContext, session: AsyncSession, knowledge_base_id: UUID, model: str) -> KnowledgeBaseAnswer:
    """Has it embedded by another model, while it is searched as before.

    Raises:
        KnowledgeBaseNotFound, UnknownEmbeddingModel
    """
    if model not in context.embeddings.names:
        raise UnknownEmbeddingModel(context.embeddings.names)
    found = await find(session, knowledge_base_id)
    if model != found.embedding_model:
        await repository.begin_move(session, found.id, model, now=datetime.now(UTC))
        await session.refresh(found)
    return _answer(found, await repository.documents_by_state(session, [found.id]))


async def delete(session: AsyncSession, knowledge_base_id: UUID) -> None:
    """Nothing in it is found any more; the worker deletes what it consists of. Raises KnowledgeBaseNotFound."""
    found = await find(session, knowledge_base_id)
    await repository.begin_deletion(session, found.id)
    await documents.begin_deletion_of_all(session, found.id, now=datetime.now(UTC))
    await documents.remove_empty_base(session, found.id)


async def page(context: AiContext, tenant_id: UUID, paging: PageRequest) -> Page[KnowledgeBaseAnswer]:
    """Raises BadCursor."""
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=LIST)[0])
    async with context.database.tenant_session(tenant_id) as session:
        found = await repository.page(session, before=before, limit=paging.limit + 1)
        counts = await repository.documents_by_state(session, [one.id for one in found])
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.id], tenant_id=tenant_id, query=LIST),
    )
    return Page(items=[_answer(one, counts) for one in items], next_cursor=cursor)


def _answer(found: KnowledgeBase, counts: Mapping[tuple[UUID, str], int]) -> KnowledgeBaseAnswer:
    own = {state: number for (knowledge_base_id, state), number in counts.items() if knowledge_base_id == found.id}
    ready, failed = own.pop("ready", 0), own.pop("failed", 0)
    own.pop("deleting", 0)
    return KnowledgeBaseAnswer(
        id=found.id,
        name=found.name,
        description=found.description,
        embedding_model=found.embedding_model,
        next_embedding_model=found.next_embedding_model,
        documents=ready,
        waiting=sum(own.values()),
        failed=failed,
        created_at=found.created_at,
    )
