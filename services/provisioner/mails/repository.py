"""All SQL of outgoing mails. Tries are real time: business time may stand still."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.provisioner.mails.models import OutgoingMail

LONGEST_PAUSE_SECONDS = 3600


async def promise(
    session: AsyncSession, *, tenant_id: UUID, mail_id: UUID, kind: str, parameters: dict[str, Any]
) -> None:
    """Promises a mail, once for each id."""
    row = {"tenant_id": tenant_id, "id": mail_id, "kind": kind, "parameters": parameters}
    fresh = insert(OutgoingMail).values(row | {"next_attempt_at": datetime.now(UTC)})
    await session.execute(fresh.on_conflict_do_nothing())


async def claim_due(session: AsyncSession, *, limit: int) -> list[OutgoingMail]:
    """Mails to be sent now, held until the transaction ends."""
    due = select(OutgoingMail).where(OutgoingMail.next_attempt_at <= datetime.now(UTC))
    held = due.order_by(OutgoingMail.next_attempt_at).limit(limit).with_for_update(skip_locked=True)
    return list(await session.scalars(held))


async def mark_sent(session: AsyncSession, mail: OutgoingMail) -> None:
    """Nothing is due any more."""
    values = {"sent_at": datetime.now(UTC), "next_attempt_at": None, "last_error": None}
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(values))


async def postpone(session: AsyncSession, mail: OutgoingMail, error: str) -> None:
    """Tries again after a pause that doubles, up to an hour."""
    pause = timedelta(seconds=min(2 ** min(mail.attempts, 20) * 2, LONGEST_PAUSE_SECONDS))
    await _failed(session, mail, error, next_attempt_at=datetime.now(UTC) + pause)


async def give_up(session: AsyncSession, mail: OutgoingMail, error: str) -> None:
    """It will never be accepted: nothing is due any more."""
    await _failed(session, mail, error, next_attempt_at=None)


async def _failed(session: AsyncSession, mail: OutgoingMail, error: str, *, next_attempt_at: datetime | None) -> None:
    values = {"attempts": mail.attempts + 1, "next_attempt_at": next_attempt_at, "last_error": error}
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(values))
