"""All SQL of attachments, within one tenant."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.attachments.models import Attachment
from services.messaging.messages.models import Message

BELL = "messaging_attachments"
"""The channel on which PostgreSQL says that a file is to be looked at."""
ATTACHABLE = ("checking", "ready")


async def add(session: AsyncSession, attachment: Attachment) -> None:
    session.add(attachment)
    await session.flush()


async def find_visible(
    session: AsyncSession, conversation_id: UUID, attachment_id: UUID, user_id: UUID
) -> Attachment | None:
    """The file, if it was sent to the conversation, or is the person's own and not sent yet."""
    return await session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.conversation_id == conversation_id,
            Attachment.state != "deleting",
            or_(Attachment.message_id.is_not(None), Attachment.uploader_id == user_id),
        )
    )


async def bytes_being_checked(session: AsyncSession) -> int:
    """What the tenant has uploaded that is not counted as its use of storage yet."""
    waiting = select(func.coalesce(func.sum(Attachment.size), 0)).where(Attachment.state == "checking")
    return int(await session.scalar(waiting) or 0)


async def begin_check(session: AsyncSession, attachment_id: UUID, *, now: datetime) -> None:
    """Hands an uploaded file to the worker, once."""
    await session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.state == "uploading")
        .values(state="checking", due_at=now, attempts=0)
    )
    await ring(session)


async def attach(
    session: AsyncSession, *, message_id: UUID, conversation_id: UUID, user_id: UUID, attachment_ids: Sequence[UUID]
) -> Sequence[Attachment]:
    """Hangs files on a message, in this order; returns those that could be."""
    place = case({attachment_id: place for place, attachment_id in enumerate(attachment_ids)}, value=Attachment.id)
    attached = (
        update(Attachment)
        .where(
            Attachment.id.in_(attachment_ids),
            Attachment.conversation_id == conversation_id,
            Attachment.uploader_id == user_id,
            Attachment.message_id.is_(None),
            Attachment.state.in_(ATTACHABLE),
        )
        .values(message_id=message_id, place=place)
        .returning(Attachment)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted((await session.scalars(attached)).all(), key=lambda one: one.place)


async def of_messages(session: AsyncSession, message_ids: Collection[UUID]) -> Sequence[Attachment]:
    """The files of several messages, in their order."""
    wanted = select(Attachment).where(Attachment.message_id.in_(message_ids), Attachment.state != "deleting")
    return (await session.scalars(wanted.order_by(Attachment.message_id, Attachment.place))).all()


async def discard_of_message(session: AsyncSession, message_id: UUID, *, now: datetime) -> None:
    """Has the files of a message deleted. One that is being checked is, when its check is over."""
    due = case((Attachment.state == "checking", func.greatest(Attachment.due_at, now)), else_=now)
    await session.execute(
        update(Attachment)
        .where(Attachment.message_id == message_id, Attachment.state != "deleting")
        .values(state="deleting", due_at=due, attempts=0)
        .execution_options(synchronize_session=False)
    )
    await ring(session)


async def settle(
    session: AsyncSession,
    attachment: Attachment,
    *,
    state: str,
    due_at: datetime,
    reason: str | None = None,
    counted_bytes: int = 0,
    preview: tuple[int, int] | None = None,
) -> Attachment | None:
    """Notes the verdict; None where the file is not being checked any more, as its message was deleted."""
    width, height = preview or (None, None)
    settled = (
        update(Attachment)
        .where(Attachment.id == attachment.id, Attachment.state == "checking")
        .values(
            state=state,
            reason=reason,
            counted_bytes=counted_bytes,
            preview_width=width,
            preview_height=height,
            attempts=0,
            due_at=due_at,
        )
        .returning(Attachment)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found: Attachment | None = await session.scalar(settled)
    return found


async def set_version(session: AsyncSession, message_id: UUID, version: int) -> None:
    """Notes at which place of the stream the message was changed last."""
    await session.execute(update(Message).where(Message.id == message_id).values(version=version))


async def look_again(session: AsyncSession, attachment: Attachment, at: datetime | None) -> None:
    """Sets when the worker looks at the file next, if its state is still what it was."""
    await session.execute(
        update(Attachment).where(Attachment.id == attachment.id, Attachment.state == attachment.state).values(due_at=at)
    )


async def discard_unsent(session: AsyncSession, attachment: Attachment, *, now: datetime) -> bool:
    """Has a file deleted that hangs on no message; False if it does."""
    discarded = (
        update(Attachment)
        .where(Attachment.id == attachment.id, Attachment.message_id.is_(None), Attachment.state == attachment.state)
        .values(state="deleting", due_at=now, attempts=0)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(discarded) is not None


async def remove(session: AsyncSession, attachment_id: UUID) -> int | None:
    """Forgets a file whose objects are gone. Returns the bytes that were counted for it; None if it was forgotten."""
    gone = delete(Attachment).where(Attachment.id == attachment_id, Attachment.state == "deleting")
    return await session.scalar(gone.returning(Attachment.counted_bytes).execution_options(synchronize_session=False))


async def postpone(session: AsyncSession, attachment: Attachment, delay: timedelta, *, now: datetime) -> None:
    """Tries again later what failed; what happened to the file meanwhile stays."""
    await session.execute(
        update(Attachment)
        .where(Attachment.id == attachment.id, Attachment.state.in_(("checking", "deleting")))
        .values(due_at=now + delay)
    )


async def ring(session: AsyncSession) -> None:
    """Wakes the worker when the session commits."""
    await session.execute(text(f"NOTIFY {BELL}"))
