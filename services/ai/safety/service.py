"""Findings, as those who may read the document see them."""

from uuid import UUID

from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from services.ai.context import AiContext
from services.ai.documents import service as documents
from services.ai.safety import repository
from services.ai.safety.schemas import FindingAnswer


async def findings(
    context: AiContext, member: Member, knowledge_base_id: UUID, document_id: UUID, paging: PageRequest
) -> Page[FindingAnswer]:
    """Raises KnowledgeBaseNotFound, DocumentNotFound, BadCursor."""
    query = f"findings:{document_id}"
    after = None
    if paging.cursor is not None:
        (after,) = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)
    async with context.database.tenant_session(member.tenant_id) as session:
        await documents.find_readable(session, member, knowledge_base_id, document_id)
        found = await repository.page(session, document_id, after=after, limit=paging.limit + 1)
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.number], tenant_id=member.tenant_id, query=query),
    )
    return Page(
        items=[FindingAnswer.model_validate(one, from_attributes=True) for one in items],
        next_cursor=cursor,
    )
