"""Documents: from an upload address to a file that the worker ingests, and the way back to nothing.

A file is uploaded into quarantine, under a key that is its uploader's to write for an hour. The worker (`ingestion`)
reads it once, judges what it read, and stores just that under a key for which nobody ever had an address to write to.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.objects import ObjectMissing, SignedRequest, tenant_key
from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from services.ai.context import AiContext
from services.ai.documents import repository
from services.ai.documents.access import Asker, readable_by
from services.ai.documents.errors import (
    DocumentNotFound,
    DocumentTooLarge,
    DuplicateDocument,
    NotFailed,
    NotStored,
    NotUploaded,
    UnsupportedDocument,
)
from services.ai.documents.models import Document
from services.ai.documents.schemas import DocumentAccess, DocumentAnswer, NewDocument, Progress
from services.ai.extraction.extract import CONTENT_TYPES
from services.ai.knowledge import service as knowledge

STORAGE = "storage_bytes"
"""The entitlement that documents count towards."""
UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 300
KEPT_UNFINISHED = timedelta(hours=24)
LIST = "documents"


def quarantine_key(document: Document) -> str:
    """Where the file is uploaded to."""
    return tenant_key(document.tenant_id, "quarantine", str(document.id))


def final_key(document: Document) -> str:
    """Where it is read from. The key names the content, so it can never hold another."""
    return tenant_key(document.tenant_id, "documents", str(document.id), document.sha256)


def extracted_key(document: Document) -> str:
    """Where its text is, from its extraction until it is split."""
    return tenant_key(document.tenant_id, "extracted", str(document.id))


async def open_upload(
    context: AiContext, member: Member, knowledge_base_id: UUID, announced: NewDocument
) -> tuple[Document, SignedRequest]:
    """A document to be added, and the request that uploads it.

    Raises:
        KnowledgeBaseNotFound, DocumentNotFound (the one to replace), DocumentTooLarge, UnsupportedDocument,
        DuplicateDocument, LimitReached, ServiceUnavailable, ObjectsUnavailable
    """
    if announced.size > context.settings.max_document_bytes:
        raise DocumentTooLarge(context.settings.max_document_bytes)
    if announced.content_type not in CONTENT_TYPES:
        raise UnsupportedDocument(tuple(CONTENT_TYPES))
    async with context.database.tenant_session(member.tenant_id) as session:
        await knowledge.find(session, knowledge_base_id)
        await _require_new(session, member, knowledge_base_id, announced)
    await _require_storage(context, member.tenant_id, announced.size)
    now = datetime.now(UTC)
    document = Document(
        tenant_id=member.tenant_id,
        id=new_id(),
        knowledge_base_id=knowledge_base_id,
        replaces=announced.replaces,
        name=announced.name,
        content_type=announced.content_type,
        size=announced.size,
        sha256=announced.sha256,
        audience=announced.access.audience,
        state="uploading",
        uploader_id=member.user_id,
        due_at=now + KEPT_UNFINISHED,
        created_at=now,
        updated_at=now,
    )
    upload = await context.objects.presign_put(
        context.settings.documents_bucket,
        quarantine_key(document),
        expires_in=UPLOAD_SECONDS,
        content_type=announced.content_type,
        content_length=announced.size,
        checksum_sha256=announced.sha256,
    )
    return document, upload


async def add(session: AsyncSession, document: Document, access: DocumentAccess) -> None:
    """Adds the document with its readers."""
    await repository.add(session, document)
    await repository.set_readers(session, document, roles=access.roles, user_ids=access.user_ids)


async def complete_upload(context: AiContext, member: Member, knowledge_base_id: UUID, document_id: UUID) -> None:
    """Hands the uploaded file to the worker. Once that is done, doing it again changes nothing.

    Raises:
        KnowledgeBaseNotFound, DocumentNotFound, NotUploaded, LimitReached, ServiceUnavailable, ObjectsUnavailable
    """
    async with context.database.tenant_session(member.tenant_id) as session:
        document = await find(session, member, knowledge_base_id, document_id)
    if document.uploader_id != member.user_id:
        raise DocumentNotFound
    if document.state != "uploading":
        return
    try:
        await context.objects.head(context.settings.documents_bucket, quarantine_key(document))
    except ObjectMissing:
        raise NotUploaded from None
    await _require_storage(context, member.tenant_id, document.size)
    now = datetime.now(UTC)
    async with context.database.tenant_session(member.tenant_id) as session:
        await repository.change(session, document, state="queued", now=now, due_at=now)


async def find(session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID) -> Document:
    """A document that the member may see in lists: what they may read, uploaded, or administer.

    Raises:
        KnowledgeBaseNotFound, DocumentNotFound
    """
    await knowledge.find(session, knowledge_base_id)
    document = await repository.find(session, knowledge_base_id, document_id)
    if document is None or not await _sees(session, member, document):
        raise DocumentNotFound
    return document


async def find_readable(session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID) -> Document:
    """A document whose content the member may read. Raises KnowledgeBaseNotFound, DocumentNotFound."""
    await knowledge.find(session, knowledge_base_id)
    document = await repository.find_readable(session, knowledge_base_id, document_id, Asker.of(member))
    if document is None:
        raise DocumentNotFound
    return document


async def find_changeable(
    session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID
) -> Document:
    """A document that the member may change: their own, or any, for who manages assistants.

    Raises:
        KnowledgeBaseNotFound, DocumentNotFound
    """
    document = await find(session, member, knowledge_base_id, document_id)
    if document.uploader_id != member.user_id and not _manages(member):
        raise DocumentNotFound
    return document


async def set_access(
    session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID, access: DocumentAccess
) -> DocumentAnswer:
    """Holds for every search that begins from now on. Raises KnowledgeBaseNotFound, DocumentNotFound."""
    document = await find_changeable(session, member, knowledge_base_id, document_id)
    await repository.set_readers(session, document, roles=access.roles, user_ids=access.user_ids)
    await repository.change(session, document, now=datetime.now(UTC), audience=access.audience)
    await session.refresh(document)
    return (await answers(session, member, [document]))[0]


async def retry(session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID) -> DocumentAnswer:
    """Begins again with a document that failed. Raises KnowledgeBaseNotFound, DocumentNotFound, NotFailed."""
    document = await find_changeable(session, member, knowledge_base_id, document_id)
    now = datetime.now(UTC)
    values = {"reason": None, "failures": 0, "done": 0, "total": 0, "due_at": now}
    if document.state != "failed" or not await repository.change(session, document, state="queued", now=now, **values):
        raise NotFailed
    await session.refresh(document)
    return (await answers(session, member, [document]))[0]


async def delete(session: AsyncSession, member: Member, knowledge_base_id: UUID, document_id: UUID) -> None:
    """Found no more; the worker deletes all there is of it. Raises KnowledgeBaseNotFound, DocumentNotFound."""
    document = await find_changeable(session, member, knowledge_base_id, document_id)
    await begin_deletion(session, document)


async def begin_deletion(session: AsyncSession, document: Document) -> bool:
    """Ends whatever is being done with the document; False if it moved on meanwhile."""
    now = datetime.now(UTC)
    values = {"fence": Document.fence + 1, "failures": 0, "due_at": now}
    return await repository.change(session, document, state="deleting", now=now, **values)


async def sign_download(context: AiContext, document: Document) -> SignedRequest:
    """A link for five minutes; a browser saves the file and never runs it. Raises NotStored, ObjectsUnavailable."""
    try:
        await context.objects.head(context.settings.documents_bucket, final_key(document))
    except ObjectMissing:
        raise NotStored from None
    return await context.objects.presign_get(
        context.settings.documents_bucket,
        final_key(document),
        expires_in=DOWNLOAD_SECONDS,
        filename=document.name,
    )


async def page(
    context: AiContext, member: Member, knowledge_base_id: UUID, paging: PageRequest, *, state: str | None
) -> Page[DocumentAnswer]:
    """Raises KnowledgeBaseNotFound, BadCursor."""
    query = f"{LIST}:{knowledge_base_id}:{state}"
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)[0])
    async with context.database.tenant_session(member.tenant_id) as session:
        await knowledge.find(session, knowledge_base_id)
        found = await repository.page(
            session,
            knowledge_base_id,
            seen_by=seen_by(member),
            state=state,
            before=before,
            limit=paging.limit + 1,
        )
        items, cursor = page_of(
            found,
            limit=paging.limit,
            cursor_after=lambda last: context.cursors.encode([last.id], tenant_id=member.tenant_id, query=query),
        )
        return Page(items=await answers(session, member, items), next_cursor=cursor)


async def answers(session: AsyncSession, member: Member, documents: Sequence[Document]) -> list[DocumentAnswer]:
    """The documents as the member sees them."""
    ids = [document.id for document in documents]
    readers = await repository.readers_of(session, ids)
    readable = await repository.readable_among(session, ids, Asker.of(member))
    return [
        DocumentAnswer(
            id=document.id,
            knowledge_base_id=document.knowledge_base_id,
            name=document.name,
            content_type=document.content_type,
            size=document.size,
            language=document.language,
            pages=document.pages,
            passages=document.passages,
            state=document.state,
            reason=document.reason,
            progress=Progress(done=document.done, total=document.total),
            replaces=document.replaces,
            audience=document.audience,
            roles=sorted(reader.role for reader in readers.get(document.id, ()) if reader.role is not None),
            user_ids=sorted(reader.user_id for reader in readers.get(document.id, ()) if reader.user_id is not None),
            readable=document.id in readable,
            created_at=document.created_at,
            updated_at=document.updated_at,
        )
        for document in documents
    ]


def seen_by(member: Member) -> ColumnElement[bool]:
    """The documents that a member sees in lists."""
    if _manages(member):
        return true()
    return readable_by(Asker.of(member)) | (Document.uploader_id == member.user_id)


async def _sees(session: AsyncSession, member: Member, document: Document) -> bool:
    if _manages(member) or document.uploader_id == member.user_id:
        return True
    return bool(await repository.readable_among(session, [document.id], Asker.of(member)))


def _manages(member: Member) -> bool:
    return "assistant:manage" in member.permissions


async def _require_new(session: AsyncSession, member: Member, knowledge_base_id: UUID, announced: NewDocument) -> None:
    if announced.replaces is not None:
        await find_changeable(session, member, knowledge_base_id, announced.replaces)
    same = await repository.find_content(session, knowledge_base_id, announced.sha256, seen_by=seen_by(member))
    if same is not None:
        raise DuplicateDocument(same)


async def _require_storage(context: AiContext, tenant_id: UUID, size: int) -> None:
    async with context.database.tenant_session(tenant_id) as session:
        on_the_way = await repository.bytes_on_their_way(session)
    await context.billing.require_entitlement(tenant_id, STORAGE, quantity=on_the_way + size)
