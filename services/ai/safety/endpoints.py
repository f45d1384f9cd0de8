"""What was noticed about a document."""

from uuid import UUID

from fastapi import APIRouter

from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.ai.deps import Context, KnowledgeReader, Paging
from services.ai.documents.errors import DocumentNotFound
from services.ai.knowledge.errors import KnowledgeBaseNotFound
from services.ai.safety import service
from services.ai.safety.schemas import FindingAnswer

router = APIRouter(prefix="/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", tags=["Assistant"])


@router.get(
    "/findings",
    operation_id="list_document_findings",
    summary="List what was noticed about a document",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound, BadCursor),
)
async def list_document_findings(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeReader, context: Context, paging: Paging
) -> Page[FindingAnswer]:
    """Text that is written for a model, text that nobody sees, and what else the file carries, with the words."""
    return await service.findings(context, member, knowledge_base_id, document_id, paging)
