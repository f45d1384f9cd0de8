"""Mail that a service promises in the transaction that gives cause for it, and that a sweep sends after the commit.

Each is sent at least once and always under one id, so under one Message-ID. A failure that passes is tried again with
growing pauses; what will never be accepted, or was not for four days, is given up and stays to be seen.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import and_, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from libs.adapters.mail.port import Mail, Mailer, MailRefused
from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.ids import new_id
from libs.common.loops import EXPECTED
from libs.common.problems import NotFound, Problem
from libs.common.sweeps import Sweep

BATCH = 50
LEASE = timedelta(minutes=1)
"""How long a mail lies still whose sender died; well over what one sending may take."""
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=4)
"""RFC 5321 §4.5.4.1: at least four to five days."""
HOPELESS = (MailRefused, NotFound, ValidationError)
"""An address that is refused or is none, a reader who is gone."""
logger = structlog.get_logger()


class OutgoingMailColumns:
    """Mix-in of a service's table `outgoing_mail`; the service adds whom the mail is for. Times are technical.

    It is due while `next_attempt_at` is set, sent when `sent_at` is, and given up when neither is.
    """

    __tablename__ = "outgoing_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    @property
    def state(self) -> Literal["due", "sent", "given_up"]:
        """Where the mail stands."""
        if self.sent_at is not None:
            return "sent"
        return "given_up" if self.next_attempt_at is None else "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a service writes into a mail; its id is the row's."""

    to: str
    subject: str
    text: str
    html: str | None = None


Row = TypeVar("Row", bound=OutgoingMailColumns)


async def promise_mail(
    session: AsyncSession,
    table: type[OutgoingMailColumns],
    recipient: Mapping[str, object],
    *,
    kind: str,
    parameters: Mapping[str, str] | None = None,
    mail_id: UUID | None = None,
) -> None:
    """A mail of `kind`, if the session commits: once for each `mail_id`, and for whatever else `table` keeps unique.

    `recipient` are the values of the columns that the service's own table adds.
    """
    now = datetime.now(UTC)
    row = {
        **recipient,
        "id": mail_id or new_id(),
        "kind": kind,
        "parameters": dict(parameters or {}),
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
    await session.execute(insert(table).values(row).on_conflict_do_nothing())


def outgoing_mail_sweep(
    database: Database,
    mailer: Mailer,
    table: type[Row],
    write: Callable[[Row], Awaitable[Letter]],
    *,
    every: float = 2.0,
) -> Sweep:
    """Sends what is due, the longest waiting first, until there is nothing or something fails.

    `write` says what stands in a mail and to whom it goes. It raises NotFound where the reader is gone.
    """

    async def run(_session: AsyncSession, _now: datetime) -> int:
        for handled in range(BATCH):
            mail = await _claim(database, table)
            if mail is None:
                return handled
            if not await _attempt(database, mailer, mail, write):
                return handled + 1  # what is away now is likely to be away for the next one too
        return BATCH

    return Sweep(name="send_outgoing_mail", every=every, run=run)


async def _claim(database: Database, table: type[Row]) -> Row | None:
    """The mail that waits longest. It comes again after the lease, unless it is settled before."""
    now = datetime.now(UTC)
    due = select(table).where(table.next_attempt_at <= now).order_by(table.next_attempt_at).limit(1)
    async with database.system_session() as session:
        mail = await session.scalar(due.with_for_update(skip_locked=True))
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + LEASE
    return mail


async def _attempt(database: Database, mailer: Mailer, mail: Row, write: Callable[[Row], Awaitable[Letter]]) -> bool:
    """Sends one mail and notes how it went; False if others may well fail in the same way."""
    try:
        letter = await write(mail)
        await mailer.send(Mail(id=mail.id, to=(letter.to,), subject=letter.subject, text=letter.text, html=letter.html))
    except EXPECTED as error:
        return await _note_failure(database, mail, error)
    failpoint("mail.settle.before")
    await _settle(database, mail, sent_at=datetime.now(UTC), next_attempt_at=None, last_error=None)
    return True


async def _note_failure(database: Database, mail: OutgoingMailColumns, error: Exception) -> bool:
    now = datetime.now(UTC)
    code = error.code if isinstance(error, Problem) else type(error).__name__
    hopeless = isinstance(error, HOPELESS)
    if hopeless or now - mail.created_at > GIVE_UP_AFTER:
        logger.error("mail.given_up", mail_id=str(mail.id), kind=mail.kind, reason=repr(error))
        await _settle(database, mail, next_attempt_at=None, last_error=code)
    else:
        logger.warning("mail.failed", mail_id=str(mail.id), kind=mail.kind, reason=repr(error))
        pause = min(timedelta(seconds=2 ** min(mail.attempts, 20)), LONGEST_PAUSE)
        await _settle(database, mail, next_attempt_at=now + pause, last_error=code)
    return hopeless


async def _settle(database: Database, mail: OutgoingMailColumns, **values: object) -> None:
    table = type(mail)
    itself = and_(*(column == getattr(mail, column.key) for column in inspect(table).primary_key))
    async with database.system_session() as session:
        await session.execute(update(table).where(itself).values(values))
