"""Uploading files to a conversation, and downloading them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from libs.adapters.objects import ObjectsUnavailable
from libs.common.http_client import ServiceUnavailable
from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from libs.common.schemas import DownloadAnswer, UploadAnswer
from libs.contracts.billing import LimitReached
from services.messaging.attachments import repository, service
from services.messaging.attachments.errors import (
    AttachmentNotFound,
    AttachmentTooLarge,
    NoPreview,
    NotReady,
    NotUploaded,
)
from services.messaging.attachments.models import Attachment
from services.messaging.attachments.schemas import (
    AttachmentAnswer,
    NewAttachment,
    NewAttachmentAnswer,
)
from services.messaging.attachments.values import event_value, named, sealed_name
from services.messaging.context import MessagingContext
from services.messaging.conversations.errors import ConversationArchived, ConversationNotFound
from services.messaging.deps import Context, OnlyOnce, Reader, Writer
from services.messaging.keys.service import TextsUnreadable, opened

router = APIRouter(prefix="/v1/conversations/{conversation_id}/attachments", tags=["Messaging"])


@router.post(
    "",
    operation_id="create_attachment",
    summary="Ask for an upload address",
    status_code=201,
    response_model=NewAttachmentAnswer,
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        ConversationNotFound,
        ConversationArchived,
        TextsUnreadable,
        LimitReached,
        KeyInUse,
        KeyReused,
        AttachmentTooLarge,
        ServiceUnavailable,
        ObjectsUnavailable,
    ),
)
async def create_attachment(
    conversation_id: UUID, body: NewAttachment, member: Writer, context: Context, once: OnlyOnce
) -> Response:
    """Announces a file. The address that is answered takes exactly this file: its length, type and checksum."""
    attachment, upload = await service.open_upload(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        announced=body,
    )

    async def write() -> BaseModel:
        await repository.add(session, attachment)
        answer = {"method": "PUT", "url": upload.url, "headers": upload.headers, "expires_at": upload.expires_at}
        return NewAttachmentAnswer(id=attachment.id, upload=UploadAnswer.model_validate(answer))

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.post(
    "/{attachment_id}/complete",
    operation_id="complete_attachment",
    summary="Tell that a file was uploaded",
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        ConversationNotFound,
        AttachmentNotFound,
        ConversationArchived,
        NotUploaded,
        LimitReached,
        ServiceUnavailable,
        ObjectsUnavailable,
    ),
)
async def complete_attachment(
    conversation_id: UUID, attachment_id: UUID, member: Writer, context: Context
) -> AttachmentAnswer:
    """The file is checked now: size, checksum, type, and for malware. It may be sent at once; who reads the message
    sees the verdict when it comes."""
    attachment = await service.complete_upload(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        attachment_id=attachment_id,
    )
    return await _answer(context, attachment)


@router.get(
    "/{attachment_id}",
    operation_id="get_attachment",
    summary="Read the state of a file",
    responses=problem_responses(Unauthenticated, Forbidden, ConversationNotFound, AttachmentNotFound),
)
async def get_attachment(
    conversation_id: UUID, attachment_id: UUID, member: Reader, context: Context
) -> AttachmentAnswer:
    """Those who take part see the files of messages; a file that was not sent yet is seen by its uploader alone."""
    attachment = await service.find(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        attachment_id=attachment_id,
    )
    return await _answer(context, attachment)


@router.get(
    "/{attachment_id}/download",
    operation_id="download_attachment",
    summary="Get a link to a file",
    responses=problem_responses(
        Unauthenticated, Forbidden, ConversationNotFound, AttachmentNotFound, NoPreview, NotReady, ObjectsUnavailable
    ),
)
async def download_attachment(
    conversation_id: UUID,
    attachment_id: UUID,
    member: Reader,
    context: Context,
    preview: Annotated[bool, Query(description="A small picture of the image instead of the file.")] = False,
) -> DownloadAnswer:
    """The link lasts five minutes and belongs to this very content; a browser saves it and never runs it."""
    attachment = await service.find(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        attachment_id=attachment_id,
    )
    file_name = (await _answer(context, attachment)).file_name
    link = await service.sign_download(context, attachment, file_name=file_name, preview=preview)
    return DownloadAnswer(url=link.url, expires_at=link.expires_at)


async def _answer(context: MessagingContext, attachment: Attachment) -> AttachmentAnswer:
    value = event_value(attachment)
    return named(value, await opened(context.rings, attachment.tenant_id, sealed_name(value)))
