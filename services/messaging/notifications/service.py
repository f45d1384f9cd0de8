"""Telling people: a notification is a row and an event on the person's own stream, in one transaction, once a cause."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.notifications import repository
from services.messaging.notifications.models import Notification, NotificationKind
from services.messaging.notifications.schemas import NotificationAnswer, Preferences, UnreadAnswer
from services.messaging.stream.service import Change, append, append_to_each


async def notify(
    session: AsyncSession,
    tenant_id: UUID,
    kinds: Mapping[UUID, NotificationKind],
    *,
    cause: str,
    data: Mapping[str, Any],
) -> None:
    """Tells people, each as a kind of its own, if they want to hear of it and were not told of `cause` before.

    Their streams are locked in the order of their ids: tell all of a cause at once, and lock conversations first.
    """
    if not kinds:
        return
    unwanted = await repository.unwanted(session, kinds.keys())
    willing = [user_id for user_id in sorted(kinds) if (user_id, kinds[user_id]) not in unwanted]
    if not willing:
        return
    rows = {user_id: _new(tenant_id, user_id, kinds[user_id], cause, data) for user_id in willing}
    added = await repository.add(session, list(rows.values()))
    told = {user_id: row for user_id, row in rows.items() if row.id in added}
    positions = await append_to_each(session, tenant_id, {user_id: _event(row) for user_id, row in told.items()})
    if positions:
        await repository.place(session, {told[one].id: position.seq for one, position in positions.items()})


async def mark_read(context: MessagingContext, *, tenant_id: UUID, user_id: UUID, up_to: int) -> UnreadAnswer:
    """Marks the person's notifications up to the `seq` `up_to` as read, and tells their other devices."""
    async with context.database.tenant_session(tenant_id) as session:
        marked = await repository.read_up_to(session, user_id, up_to, now=datetime.now(UTC))
        unread = await repository.count_unread(session, user_id)
        if marked:
            data = {"up_to": up_to, "unread": unread}
            await append(session, tenant_id, user_id, "notification.read", data=data, actor_id=user_id)
    return UnreadAnswer(unread=unread)


async def read_preferences(session: AsyncSession, user_id: UUID) -> Preferences:
    """Every kind, and whether the person wants to be told of it."""
    said = await repository.preferences(session, user_id)
    kinds: tuple[NotificationKind, ...] = get_args(NotificationKind)
    return Preferences(wanted={kind: said.get(kind, True) for kind in kinds})


def answer_of(notification: Notification) -> NotificationAnswer:
    """The notification as its person sees it."""
    return NotificationAnswer.model_validate(notification, from_attributes=True)


def _new(tenant_id: UUID, user_id: UUID, kind: NotificationKind, cause: str, data: Mapping[str, Any]) -> Notification:
    return Notification(
        tenant_id=tenant_id,
        id=new_id(),
        user_id=user_id,
        kind=kind,
        data={name: str(value) if isinstance(value, UUID) else value for name, value in data.items()},
        cause=cause,
        seq=0,
        created_at=datetime.now(UTC),
        read_at=None,
    )


def _event(row: Notification) -> Change:
    """The event's own `seq` is the notification's."""
    shown = {"id": row.id, "kind": row.kind, "data": row.data, "created_at": row.created_at, "read_at": None}
    return Change(kind="notification.created", data={"notification": shown})
