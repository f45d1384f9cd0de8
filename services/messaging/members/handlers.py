"""What messaging does when auth tells of a membership."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.auth import MemberChanged
from services.messaging.conversations.membership import leave_business
from services.messaging.members import repository
from services.messaging.stream.service import open_stream


async def on_member_changed(session: AsyncSession, event: MemberChanged) -> None:
    """Keeps what is newest, gives the person a stream of their own, and takes who left out of all conversations."""
    await open_stream(session, event.tenant_id, event.user_id)
    newest = await repository.keep_newest(
        session,
        tenant_id=event.tenant_id,
        user_id=event.user_id,
        role=event.role,
        active=event.active,
        version=event.version,
    )
    if newest and not event.active:
        await leave_business(session, event.tenant_id, event.user_id)
