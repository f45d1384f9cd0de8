"""All SQL of notifications."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.conversations.models import ConversationMember as Member
from services.messaging.messages.models import Message
from services.messaging.notifications.models import Notification, NotificationKind, NotificationPreference

_PLACED = text(
    "UPDATE notification n SET seq = one.seq"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS bigint[])) AS one (id, seq) WHERE n.id = one.id"
)


async def unwanted(session: AsyncSession, user_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """What these people do not want to be told of: person and kind."""
    off = select(NotificationPreference.user_id, NotificationPreference.kind).where(
        NotificationPreference.user_id.in_(user_ids), NotificationPreference.wanted.is_(False)
    )
    return {(row.user_id, row.kind) for row in await session.execute(off)}


async def add(session: AsyncSession, notifications: Sequence[Notification]) -> set[UUID]:
    """Adds notifications; returns the ids of those whose cause is new to their person."""
    columns = Notification.__table__.columns.keys()
    rows = [{name: getattr(one, name) for name in columns} for one in notifications]
    added = insert(Notification).values(rows).on_conflict_do_nothing()
    return set(await session.scalars(added.returning(Notification.id)))


async def place(session: AsyncSession, seqs: Mapping[UUID, int]) -> None:
    """Notes where in their people's streams notifications stand, by their ids."""
    await session.execute(_PLACED, {"ids": list(seqs.keys()), "seqs": list(seqs.values())})


async def page(session: AsyncSession, user_id: UUID, *, before: int | None, limit: int) -> Sequence[Notification]:
    """The person's notifications, the newest first."""
    wanted = select(Notification).where(Notification.user_id == user_id)
    if before is not None:
        wanted = wanted.where(Notification.seq < before)
    return (await session.scalars(wanted.order_by(Notification.seq.desc()).limit(limit))).all()


async def count_unread(session: AsyncSession, user_id: UUID) -> int:
    unread = select(func.count()).select_from(Notification).where(_unread_of(user_id))
    return await session.scalar(unread) or 0


async def read_up_to(session: AsyncSession, user_id: UUID, seq: int, *, now: datetime) -> bool:
    """Marks as read; False if there was nothing to mark."""
    read = (
        update(Notification)
        .where(_unread_of(user_id), Notification.seq <= seq)
        .values(read_at=now)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.scalars(read)).all())


async def preferences(session: AsyncSession, user_id: UUID) -> Mapping[str, bool]:
    """What the person has said of each kind."""
    said = select(NotificationPreference.kind, NotificationPreference.wanted)
    rows = await session.execute(said.where(NotificationPreference.user_id == user_id))
    return {row.kind: row.wanted for row in rows}


async def set_preferences(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, wanted: Mapping[NotificationKind, bool]
) -> None:
    rows = [{"tenant_id": tenant_id, "user_id": user_id, "kind": kind, "wanted": on} for kind, on in wanted.items()]
    said = insert(NotificationPreference).values(rows)
    key = (NotificationPreference.tenant_id, NotificationPreference.user_id, NotificationPreference.kind)
    await session.execute(said.on_conflict_do_update(index_elements=key, set_={"wanted": said.excluded.wanted}))


async def listeners(
    session: AsyncSession, conversation_id: UUID, user_ids: Collection[UUID] | None, *, seq: int, now: datetime
) -> set[UUID]:
    """The people of `user_ids` (None: all) who take part, have not muted the conversation, nor read up to `seq` yet."""
    wanted = select(Member.user_id).where(
        Member.conversation_id == conversation_id,
        Member.role != "assistant",
        or_(Member.muted_until.is_(None), Member.muted_until <= now),
        Member.read_seq < seq,
    )
    if user_ids is not None:
        wanted = wanted.where(Member.user_id.in_(user_ids))
    return set(await session.scalars(wanted))


async def writers_of_thread(session: AsyncSession, thread_root_id: UUID) -> set[UUID]:
    """Who began the thread, and who has replied in it."""
    wrote = or_(Message.id == thread_root_id, Message.thread_root_id == thread_root_id)
    return set(await session.scalars(select(Message.sender_id).where(wrote, Message.deleted_at.is_(None)).distinct()))


async def stands(session: AsyncSession, message_id: UUID) -> bool:
    """Whether the message was not deleted meanwhile."""
    found = select(Message.id).where(Message.id == message_id, Message.deleted_at.is_(None))
    return await session.scalar(found) is not None


def _unread_of(user_id: UUID) -> ColumnElement[bool]:
    return (Notification.user_id == user_id) & Notification.read_at.is_(None)
