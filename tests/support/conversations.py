"""A conversation with everything in it that an address can name, for tests that call every operation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from libs.common.ids import new_id
from libs.contracts.ai import AssistantChanged
from libs.contracts.auth import MemberChanged
from services.messaging.assistants.handlers import on_assistant_changed
from services.messaging.attachments.models import Attachment
from services.messaging.attachments.service import final_key
from services.messaging.context import MessagingContext
from services.messaging.conversations.schemas import NewConversation
from services.messaging.conversations.service import open_group
from services.messaging.keys.service import KeyRing
from services.messaging.members.handlers import on_member_changed
from services.messaging.messages.service import send_message
from services.messaging.stream.wire import file_name_bound


async def new_conversation(
    context: MessagingContext, tenant_id: UUID, owner: UUID, *, assistant_id: UUID | None = None
) -> Mapping[str, str]:
    """A group of the owner, a colleague and an assistant with a message and a file: their ids, by the names of path
    parameters. The assistant is that of ai, if there is one."""
    colleague, assistant_id, ring = new_id(), assistant_id or new_id(), await context.rings.ring(tenant_id)
    async with context.database.tenant_session(tenant_id) as session:
        for user_id, role in ((owner, "owner"), (colleague, "member")):
            joined = MemberChanged(tenant_id=tenant_id, user_id=user_id, role=role, active=True, version=1)
            await on_member_changed(session, joined)
        told = AssistantChanged(tenant_id=tenant_id, assistant_id=assistant_id, active=True, version=1)
        await on_assistant_changed(session, told)
        body = NewConversation(kind="group", title="Spring menu", member_ids=[colleague, assistant_id])
        conversation_id = await open_group(context, session, tenant_id, owner, body, ring=ring)
        attachment = _file(tenant_id, conversation_id, owner, ring)
        session.add(attachment)
    await context.objects.ensure_bucket(context.settings.attachments_bucket)
    await context.objects.put(context.settings.attachments_bucket, final_key(attachment), b"hello")
    sent = await send_message(
        context,
        tenant_id=tenant_id,
        sender_id=owner,
        conversation_id=conversation_id,
        client_message_id=new_id(),
        text="Is it ready?",
    )
    return {
        "conversation_id": str(conversation_id),
        "user_id": str(colleague),
        "message_id": str(sent.message.id),
        "attachment_id": str(attachment.id),
        "assistant_id": str(assistant_id),
    }


def _file(tenant_id: UUID, conversation_id: UUID, uploader: UUID, ring: KeyRing) -> Attachment:
    """A file that passed its check and was not sent yet, so that no deletion of a message takes it along."""
    attachment_id, now = new_id(), datetime.now(UTC)
    return Attachment(
        tenant_id=tenant_id,
        id=attachment_id,
        conversation_id=conversation_id,
        uploader_id=uploader,
        place=0,
        sealed_name=ring.seal("menu.txt", file_name_bound(attachment_id)),
        size=5,
        content_type="text/plain",
        sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        state="ready",
        counted_bytes=5,
        attempts=0,
        created_at=now,
    )
