"""A person's notifications: what they are told, what they have seen, and what they want to be told."""

from fastapi import APIRouter

from libs.common.paging import page_of
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.messaging.deps import Context, Paging, Reader
from services.messaging.notifications import repository, service
from services.messaging.notifications.models import Notification
from services.messaging.notifications.schemas import NotificationPage, Preferences, ReadUpTo, UnreadAnswer

router = APIRouter(prefix="/v1/notifications", tags=["Messaging"])


@router.get(
    "",
    operation_id="list_notifications",
    summary="List notifications, newest first",
    responses=problem_responses(BadCursor, Unauthenticated, Forbidden),
)
async def list_notifications(member: Reader, context: Context, paging: Paging) -> NotificationPage:
    """What you were told in the last 90 days, and how much of it is unread. New ones come over the socket."""
    query = f"notifications:{member.user_id}"
    before: int | None = None
    if paging.cursor is not None:
        (before,) = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.page(session, member.user_id, before=before, limit=paging.limit + 1)
        unread = await repository.count_unread(session, member.user_id)

    def cursor_after(last: Notification) -> str:
        return context.cursors.encode([last.seq], tenant_id=member.tenant_id, query=query)

    items, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return NotificationPage(items=[service.answer_of(one) for one in items], next_cursor=next_cursor, unread=unread)


@router.put(
    "/read",
    operation_id="read_notifications",
    summary="Mark notifications as read",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def read_notifications(body: ReadUpTo, member: Reader, context: Context) -> UnreadAnswer:
    """Marks those up to and with the `seq` `up_to`; your other devices hear of it."""
    return await service.mark_read(context, tenant_id=member.tenant_id, user_id=member.user_id, up_to=body.up_to)


@router.get(
    "/preferences",
    operation_id="get_notification_preferences",
    summary="Read what you are notified of",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def get_preferences(member: Reader, context: Context) -> Preferences:
    """Every kind of notification, and whether you want it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.read_preferences(session, member.user_id)


@router.put(
    "/preferences",
    operation_id="set_notification_preferences",
    summary="Choose what you are notified of",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def set_preferences(body: Preferences, member: Reader, context: Context) -> Preferences:
    """Switches kinds on and off from now on; those that are not named stay as they are."""
    async with context.database.tenant_session(member.tenant_id) as session:
        if body.wanted:
            await repository.set_preferences(session, member.tenant_id, member.user_id, body.wanted)
        return await service.read_preferences(session, member.user_id)
