"""Files of conversations for other services, on behalf of a person who may see them."""

from uuid import UUID

from libs.contracts.messaging import SharedFile
from services.messaging.attachments import service
from services.messaging.attachments.values import event_value, named, sealed_name
from services.messaging.context import MessagingContext
from services.messaging.keys.service import opened


async def share(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, attachment_id: UUID
) -> SharedFile:
    """The file as its check found it, with a link that lasts five minutes.

    Raises:
        ConversationNotFound, AttachmentNotFound, NotReady, ObjectsUnavailable
    """
    attachment = await service.find(
        context, tenant_id=tenant_id, user_id=user_id, conversation_id=conversation_id, attachment_id=attachment_id
    )
    value = event_value(attachment)
    answer = named(value, await opened(context.rings, tenant_id, sealed_name(value)))
    link = await service.sign_download(context, attachment, file_name=answer.file_name, preview=False)
    return SharedFile(
        file_name=answer.file_name or str(attachment_id),
        content_type=attachment.content_type,
        size=attachment.size,
        sha256=attachment.sha256,
        url=link.url,
        expires_at=link.expires_at,
    )
