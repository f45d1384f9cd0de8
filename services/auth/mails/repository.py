"""All SQL of outgoing mails."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.auth.mails.models import OutgoingMail


async def add(session: AsyncSession, *, user_id: UUID, template: str, now: datetime) -> None:
    session.add(
        OutgoingMail(id=new_id(), user_id=user_id, template=template, attempts=0, next_attempt_at=now, sent_at=None)
    )
    await session.flush()


async def claim_due(session: AsyncSession, now: datetime, *, limit: int) -> list[OutgoingMail]:
    """Mails to be sent now, held until the transaction ends."""
    due = select(OutgoingMail).where(OutgoingMail.sent_at.is_(None), OutgoingMail.next_attempt_at <= now)
    return list(await session.scalars(due.order_by(OutgoingMail.next_attempt_at).limit(limit).with_for_update()))


async def mark_sent(session: AsyncSession, mail_id: UUID, now: datetime) -> None:
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(sent_at=now))


async def postpone(session: AsyncSession, mail: OutgoingMail, now: datetime) -> None:
    """Tries again after a delay that doubles, up to an hour."""
    delay = timedelta(seconds=min(2**mail.attempts * 5, 3600))
    values = {"attempts": mail.attempts + 1, "next_attempt_at": now + delay}
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(values))
