"""What messaging does when ai tells of an assistant."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.ai import AssistantChanged
from services.messaging.assistants import repository
from services.messaging.conversations.membership import leave_everything


async def on_assistant_changed(session: AsyncSession, event: AssistantChanged) -> None:
    """Keeps what is newest, and takes one that was deleted out of all conversations."""
    newest = await repository.keep_newest(
        session,
        tenant_id=event.tenant_id,
        assistant_id=event.assistant_id,
        active=event.active,
        version=event.version,
    )
    if newest and not event.active:
        await leave_everything(session, event.tenant_id, event.assistant_id)
