"""Attachments: from an upload address to a file that hangs on a message.

A file is uploaded into quarantine, under a key that is its uploader's to write for an hour. The worker (`checking`)
reads it once, judges what it read, and stores just that under a key for which nobody ever had an address; only from
there is it given out.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.objects import ObjectMissing, SignedRequest, tenant_key
from libs.common.ids import new_id
from services.messaging.attachments import repository
from services.messaging.attachments.errors import (
    AttachmentNotFound,
    AttachmentTooLarge,
    NoPreview,
    NotAttachable,
    NotReady,
    NotUploaded,
)
from services.messaging.attachments.models import Attachment
from services.messaging.attachments.schemas import NewAttachment
from services.messaging.context import MessagingContext
from services.messaging.conversations import access
from services.messaging.conversations.errors import ConversationArchived
from services.messaging.stream import repository as streams
from services.messaging.stream.wire import file_name_bound

STORAGE = "storage_bytes"
"""The entitlement that files count towards."""
UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 300
KEPT_UNSENT = timedelta(hours=24)


def quarantine_key(attachment: Attachment) -> str:
    """Where the file is uploaded to."""
    return tenant_key(attachment.tenant_id, "quarantine", str(attachment.id))


def final_key(attachment: Attachment) -> str:
    """Where it is given out from. The key names the content, so it can never hold another."""
    return tenant_key(attachment.tenant_id, "attachments", str(attachment.id), attachment.sha256)


def preview_key(attachment: Attachment) -> str:
    """Where its preview is given out from."""
    return tenant_key(attachment.tenant_id, "attachments", str(attachment.id), f"{attachment.sha256}.preview")


async def open_upload(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, announced: NewAttachment
) -> tuple[Attachment, SignedRequest]:
    """An attachment to be added, and the request that uploads it.

    Raises:
        ConversationNotFound, ConversationArchived, AttachmentTooLarge, TextsUnreadable, LimitReached,
        ServiceUnavailable, ObjectsUnavailable
    """
    if announced.size > context.settings.max_attachment_bytes:
        raise AttachmentTooLarge(context.settings.max_attachment_bytes)
    ring = await context.rings.ring(tenant_id)
    async with context.database.tenant_session(tenant_id) as session:
        await _require_open(session, conversation_id, user_id)
    await _require_storage(context, tenant_id, announced.size)
    now, attachment_id = datetime.now(UTC), new_id()
    attachment = Attachment(
        tenant_id=tenant_id,
        id=attachment_id,
        conversation_id=conversation_id,
        uploader_id=user_id,
        place=0,
        sealed_name=ring.seal(announced.file_name, file_name_bound(attachment_id)),
        size=announced.size,
        content_type=announced.content_type,
        sha256=announced.sha256,
        state="uploading",
        counted_bytes=0,
        attempts=0,
        due_at=now + KEPT_UNSENT,
        created_at=now,
    )
    upload = await context.objects.presign_put(
        context.settings.attachments_bucket,
        quarantine_key(attachment),
        expires_in=UPLOAD_SECONDS,
        content_type=announced.content_type,
        content_length=announced.size,
        checksum_sha256=announced.sha256,
    )
    return attachment, upload


async def complete_upload(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, attachment_id: UUID
) -> Attachment:
    """Hands the uploaded file to the worker. Once that is done, doing it again changes nothing.

    Raises:
        ConversationNotFound, ConversationArchived, AttachmentNotFound, NotUploaded, LimitReached, ServiceUnavailable,
        ObjectsUnavailable
    """
    async with context.database.tenant_session(tenant_id) as session:
        await _require_open(session, conversation_id, user_id)
        attachment = await repository.find_visible(session, conversation_id, attachment_id, user_id)
    if attachment is None or attachment.uploader_id != user_id:
        raise AttachmentNotFound
    if attachment.state != "uploading":
        return attachment
    try:
        await context.objects.head(context.settings.attachments_bucket, quarantine_key(attachment))
    except ObjectMissing:
        raise NotUploaded from None
    await _require_storage(context, tenant_id, attachment.size)
    async with context.database.tenant_session(tenant_id) as session:
        await repository.begin_check(session, attachment_id, now=datetime.now(UTC))
    return await find(
        context, tenant_id=tenant_id, user_id=user_id, conversation_id=conversation_id, attachment_id=attachment_id
    )


async def find(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, attachment_id: UUID
) -> Attachment:
    """A file that the person may see: one of a message in their conversation, or one of their own.

    Raises:
        ConversationNotFound, AttachmentNotFound
    """
    async with context.database.tenant_session(tenant_id) as session:
        await access.see(session, conversation_id, user_id)
        attachment = await repository.find_visible(session, conversation_id, attachment_id, user_id)
    if attachment is None:
        raise AttachmentNotFound
    return attachment


async def sign_download(
    context: MessagingContext, attachment: Attachment, *, file_name: str | None, preview: bool
) -> SignedRequest:
    """A link to this file, or its preview, for five minutes; it is saved under its name.

    Raises:
        NotReady, NoPreview, ObjectsUnavailable
    """
    if attachment.state != "ready":
        raise NotReady(attachment.state, attachment.reason)
    if preview and attachment.preview_width is None:
        raise NoPreview
    name = file_name or str(attachment.id)
    return await context.objects.presign_get(
        context.settings.attachments_bucket,
        preview_key(attachment) if preview else final_key(attachment),
        expires_in=DOWNLOAD_SECONDS,
        filename=f"{name}.webp" if preview else name,
    )


async def attach(
    session: AsyncSession,
    *,
    message_id: UUID,
    conversation_id: UUID,
    user_id: UUID,
    attachment_ids: Sequence[UUID],
) -> Sequence[Attachment]:
    """Hangs the person's files on a message that this transaction writes; returns them in their order.

    Files may still be in their check: its verdict follows by an event.

    Raises:
        NotAttachable: an id is there twice, or is not that of a file of theirs that can be sent here.
    """
    if not attachment_ids:
        return ()
    await streams.hold(session, conversation_id)  # as for a verdict: the stream before the files
    attached = await repository.attach(
        session,
        message_id=message_id,
        conversation_id=conversation_id,
        user_id=user_id,
        attachment_ids=attachment_ids,
    )
    usable = {one.id for one in attached}
    for index, attachment_id in enumerate(attachment_ids):
        if attachment_id not in usable:
            raise NotAttachable(index)
        usable.discard(attachment_id)
    return attached


async def of_messages(session: AsyncSession, message_ids: Collection[UUID]) -> Mapping[UUID, list[Attachment]]:
    """The files of those of the messages that have any, in their order."""
    found: dict[UUID, list[Attachment]] = {}
    for attachment in await repository.of_messages(session, message_ids) if message_ids else ():
        if attachment.message_id is not None:
            found.setdefault(attachment.message_id, []).append(attachment)
    return found


async def discard_of_message(session: AsyncSession, message_id: UUID) -> None:
    """Has the files of a message that this transaction deletes deleted too, and their storage given back."""
    await repository.discard_of_message(session, message_id, now=datetime.now(UTC))


async def _require_open(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> None:
    place = await access.see(session, conversation_id, user_id)
    if place.conversation.archived_at is not None:
        raise ConversationArchived


async def _require_storage(context: MessagingContext, tenant_id: UUID, size: int) -> None:
    """Files in their check are uploaded but not counted yet, so they are asked for too."""
    async with context.database.tenant_session(tenant_id) as session:
        waiting = await repository.bytes_being_checked(session)
    await context.billing.require_entitlement(tenant_id, STORAGE, quantity=size + waiting)
