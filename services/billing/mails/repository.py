"""All SQL of outgoing mail."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.mails.models import OutgoingMail


async def add_once(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    mail_id: UUID,
    kind: str,
    about: str,
    parameters: Mapping[str, str],
    now: datetime,
) -> None:
    """Notes a mail unless the same was noted before."""
    await session.execute(
        insert(OutgoingMail)
        .values(
            tenant_id=tenant_id,
            id=mail_id,
            kind=kind,
            about=about,
            parameters=dict(parameters),
            attempts=0,
            next_attempt_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )


async def first_due(session: AsyncSession, now: datetime) -> OutgoingMail | None:
    """The mail that waits longest. Needs a system session."""
    return await session.scalar(
        select(OutgoingMail).where(OutgoingMail.next_attempt_at <= now).order_by(OutgoingMail.next_attempt_at).limit(1)
    )


async def settle(
    session: AsyncSession,
    mail: OutgoingMail,
    *,
    sent_at: datetime | None = None,
    next_attempt_at: datetime | None = None,
    error: str | None = None,
) -> None:
    """Notes how an attempt went; without `next_attempt_at` it was the last."""
    await session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.tenant_id == mail.tenant_id, OutgoingMail.id == mail.id)
        .values(attempts=mail.attempts + 1, sent_at=sent_at, next_attempt_at=next_attempt_at, last_error=error)
    )
