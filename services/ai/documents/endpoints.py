"""Documents: add, follow, read, change who may read them, delete."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from libs.adapters.objects import ObjectsUnavailable
from libs.common.http_client import ServiceUnavailable
from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from libs.common.schemas import DownloadAnswer, UploadAnswer
from libs.contracts.billing import LimitReached
from services.ai.deps import Context, KnowledgeReader, KnowledgeWriter, OnlyOnce, Paging
from services.ai.documents import passages, service
from services.ai.documents.errors import (
    DocumentNotFound,
    DocumentTooLarge,
    DuplicateDocument,
    NotFailed,
    NotStored,
    NotUploaded,
    PassageNotFound,
    UnsupportedDocument,
)
from services.ai.documents.follow import follow
from services.ai.documents.schemas import (
    DocumentAccess,
    DocumentAnswer,
    NewDocument,
    NewDocumentAnswer,
    PassagesAnswer,
    StateFilter,
)
from services.ai.knowledge import service as knowledge
from services.ai.knowledge.errors import KnowledgeBaseNotFound

router = APIRouter(prefix="/v1/knowledge-bases/{knowledge_base_id}/documents", tags=["Assistant"])
LastEventId = Annotated[
    int, Header(alias="Last-Event-ID", ge=0, le=2**53, description="The id of the last event seen; 0 for all.")
]


@router.post(
    "",
    operation_id="create_document",
    summary="Ask for an upload address",
    status_code=201,
    response_model=NewDocumentAnswer,
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        KnowledgeBaseNotFound,
        DocumentNotFound,
        DuplicateDocument,
        LimitReached,
        KeyInUse,
        KeyReused,
        DocumentTooLarge,
        UnsupportedDocument,
        ServiceUnavailable,
        ObjectsUnavailable,
    ),
)
async def create_document(
    knowledge_base_id: UUID, body: NewDocument, member: KnowledgeWriter, context: Context, once: OnlyOnce
) -> Response:
    """Announces a file. The address that is answered takes exactly this file: its length, type and checksum."""
    document, upload = await service.open_upload(context, member, knowledge_base_id, body)

    async def write() -> BaseModel:
        await service.add(session, document, body.access)
        answer = {"method": "PUT", "url": upload.url, "headers": upload.headers, "expires_at": upload.expires_at}
        return NewDocumentAnswer(id=document.id, upload=UploadAnswer.model_validate(answer))

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.get(
    "",
    operation_id="list_documents",
    summary="List documents",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, BadCursor),
)
async def list_documents(
    knowledge_base_id: UUID, member: KnowledgeReader, context: Context, paging: Paging, state: StateFilter = None
) -> Page[DocumentAnswer]:
    """The newest first: those that you may read, those that you added, and all for who manages assistants."""
    return await service.page(context, member, knowledge_base_id, paging, state=state)


async def _followed(knowledge_base_id: UUID, member: KnowledgeReader, context: Context) -> UUID:
    """The id, once it is known that there is such a knowledge base: a stream that began cannot answer 404."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await knowledge.find(session, knowledge_base_id)
    return knowledge_base_id


@router.get(
    "/events",
    operation_id="follow_documents",
    summary="Follow documents live",
    response_class=EventSourceResponse,
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound),
)
async def follow_documents(
    knowledge_base_id: Annotated[UUID, Depends(_followed)],
    member: KnowledgeReader,
    context: Context,
    last_event_id: LastEventId = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Every document as it is (`document`), and again whenever its state or progress changes; `gone` when it goes.

    `reauthenticate` ends the stream when the access token expires: come back with a new one and `Last-Event-ID`.
    """
    until = datetime.fromtimestamp(member.token.expires_at, UTC)
    async for event in follow(context, member, knowledge_base_id, after=last_event_id, until=until):
        yield event


@router.get(
    "/{document_id}",
    operation_id="get_document",
    summary="Read a document's state",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound),
)
async def get_document(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeReader, context: Context
) -> DocumentAnswer:
    """How far it is, or why it failed, and who may read it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        document = await service.find(session, member, knowledge_base_id, document_id)
        return (await service.answers(session, member, [document]))[0]


@router.post(
    "/{document_id}/complete",
    operation_id="complete_document",
    summary="Tell that a document was uploaded",
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        KnowledgeBaseNotFound,
        DocumentNotFound,
        NotUploaded,
        LimitReached,
        ServiceUnavailable,
        ObjectsUnavailable,
    ),
)
async def complete_document(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeWriter, context: Context
) -> DocumentAnswer:
    """Its text is read, split and embedded now; follow it, or read its state."""
    await service.complete_upload(context, member, knowledge_base_id, document_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        document = await service.find(session, member, knowledge_base_id, document_id)
        return (await service.answers(session, member, [document]))[0]


@router.post(
    "/{document_id}/retry",
    operation_id="retry_document",
    summary="Try a failed document again",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound, NotFailed),
)
async def retry_document(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeWriter, context: Context
) -> DocumentAnswer:
    """From its beginning, with the file as it was uploaded."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.retry(session, member, knowledge_base_id, document_id)


@router.put(
    "/{document_id}/access",
    operation_id="set_document_access",
    summary="Set who may read a document",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound),
)
async def set_document_access(
    knowledge_base_id: UUID, document_id: UUID, body: DocumentAccess, member: KnowledgeWriter, context: Context
) -> DocumentAnswer:
    """Holds at once, for searches, answers and downloads."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.set_access(session, member, knowledge_base_id, document_id, body)


@router.get(
    "/{document_id}/download",
    operation_id="download_document",
    summary="Get a link to a document",
    responses=problem_responses(
        Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound, NotStored, ObjectsUnavailable
    ),
)
async def download_document(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeReader, context: Context
) -> DownloadAnswer:
    """The link lasts five minutes and belongs to this very content; a browser saves it and never runs it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        document = await service.find_readable(session, member, knowledge_base_id, document_id)
    link = await service.sign_download(context, document)
    return DownloadAnswer(url=link.url, expires_at=link.expires_at)


@router.get(
    "/{document_id}/passages/{passage_id}",
    operation_id="get_passage",
    summary="Read a passage in its document",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound, PassageNotFound),
)
async def get_passage(
    knowledge_base_id: UUID, document_id: UUID, passage_id: UUID, member: KnowledgeReader, context: Context
) -> PassagesAnswer:
    """With what stands before and after it, as a citation opens it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        document = await service.find_readable(session, member, knowledge_base_id, document_id)
        return await passages.around(session, document, passage_id)


@router.delete(
    "/{document_id}",
    operation_id="delete_document",
    summary="Delete a document",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, DocumentNotFound),
)
async def delete_document(
    knowledge_base_id: UUID, document_id: UUID, member: KnowledgeWriter, context: Context
) -> None:
    """Found no more from now on; its file, passages, vectors and words are deleted within moments."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.delete(session, member, knowledge_base_id, document_id)
