"""Files that were shared in conversations, taken into knowledge bases."""

from uuid import UUID

from fastapi import APIRouter

from libs.adapters.objects import ObjectsUnavailable
from libs.common.http_client import ServiceUnavailable
from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from libs.contracts.billing import LimitReached
from services.ai.deps import Context, KnowledgeWriter
from services.ai.documents import attachments
from services.ai.documents.errors import (
    AttachmentNotFound,
    AttachmentNotReady,
    AttachmentUnavailable,
    DocumentTooLarge,
    DuplicateDocument,
    UnsupportedDocument,
)
from services.ai.documents.schemas import DocumentAnswer, SharedAttachment
from services.ai.knowledge.errors import KnowledgeBaseNotFound

router = APIRouter(prefix="/v1/knowledge-bases/{knowledge_base_id}/shared-files", tags=["Assistant"])


@router.post(
    "",
    operation_id="create_document_from_attachment",
    summary="Add a file of a conversation",
    status_code=201,
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        KnowledgeBaseNotFound,
        AttachmentNotFound,
        AttachmentNotReady,
        DuplicateDocument,
        LimitReached,
        DocumentTooLarge,
        UnsupportedDocument,
        AttachmentUnavailable,
        ServiceUnavailable,
        ObjectsUnavailable,
    ),
)
async def create_document_from_attachment(
    knowledge_base_id: UUID, body: SharedAttachment, member: KnowledgeWriter, context: Context
) -> DocumentAnswer:
    """A copy of a file that you see in a conversation of yours. Its text is read, split and embedded now; what becomes
    of the conversation does not change it."""
    return await attachments.add_shared(context, member, knowledge_base_id, body)
