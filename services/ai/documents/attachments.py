"""Files that were shared in conversations, taken into knowledge bases."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import httpx
from httpx_aiohttp import AiohttpTransport

from libs.adapters.objects import ObjectRefused
from libs.common.http_client import ServiceRefused
from libs.common.members import Member
from libs.common.problems import NotFound
from libs.contracts.messaging import SharedFile
from services.ai.context import AiContext
from services.ai.documents import repository, service
from services.ai.documents.errors import (
    AttachmentNotFound,
    AttachmentNotReady,
    AttachmentUnavailable,
    DocumentTooLarge,
)
from services.ai.documents.models import Document
from services.ai.documents.schemas import DocumentAnswer, NewDocument, SharedAttachment

COPY_SECONDS = 15.0
"""Less than the service's deadline; what takes longer is uploaded by its owner."""


async def add_shared(
    context: AiContext, member: Member, knowledge_base_id: UUID, shared: SharedAttachment
) -> DocumentAnswer:
    """A copy of the file, on its way to being found.

    A copy that breaks off leaves a document that was never uploaded, which goes like any other.

    Raises:
        KnowledgeBaseNotFound, AttachmentNotFound, AttachmentNotReady, AttachmentUnavailable, DocumentTooLarge,
        UnsupportedDocument, DuplicateDocument, LimitReached, ServiceUnavailable, ObjectsUnavailable
    """
    file = await _shared(context, member, shared)
    if file.size > context.settings.max_document_bytes:
        raise DocumentTooLarge(context.settings.max_document_bytes)
    announced = NewDocument(
        name=file.file_name, size=file.size, content_type=file.content_type, sha256=file.sha256, access=shared.access
    )
    document, _ = await service.open_upload(context, member, knowledge_base_id, announced)
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.add(session, document, shared.access)
    await _copy(context, document, file)
    now = datetime.now(UTC)
    async with context.database.tenant_session(member.tenant_id) as session:
        await repository.change(session, document, state="queued", now=now, due_at=now)
        found = await service.find(session, member, knowledge_base_id, document.id)
        return (await service.answers(session, member, [found]))[0]


async def _shared(context: AiContext, member: Member, shared: SharedAttachment) -> SharedFile:
    try:
        return await context.messaging.get_shared_file(
            member.tenant_id, shared.conversation_id, shared.attachment_id, user_id=member.user_id
        )
    except NotFound:
        raise AttachmentNotFound from None
    except ServiceRefused:
        raise AttachmentNotReady from None


async def _copy(context: AiContext, document: Document, file: SharedFile) -> None:
    """Into quarantine, as its uploader would send it: just this content, or nothing."""
    try:
        async with asyncio.timeout(COPY_SECONDS), aclosing(_chunks(file.url)) as chunks:
            await context.objects.put(
                context.settings.documents_bucket,
                service.quarantine_key(document),
                chunks,
                content_type=document.content_type,
                checksum_sha256=document.sha256,
                max_bytes=document.size,
            )
    except (httpx.HTTPError, TimeoutError, ObjectRefused):
        raise AttachmentUnavailable from None


async def _chunks(url: str) -> AsyncGenerator[bytes, None]:
    async with (
        httpx.AsyncClient(transport=AiohttpTransport(), timeout=COPY_SECONDS) as client,
        client.stream("GET", url) as response,
    ):
        response.raise_for_status()
        async for chunk in response.aiter_bytes():
            yield chunk
