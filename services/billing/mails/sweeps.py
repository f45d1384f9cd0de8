"""Sends the mails that are due and tries again those that failed."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.mail import Mail, MailRefused
from libs.common.failpoints import failpoint
from libs.common.problems import NotFound, Problem
from libs.common.sweeps import Sweep
from services.billing.context import BillingContext
from services.billing.mails import repository
from services.billing.mails.models import OutgoingMail
from services.billing.mails.texts import TEXTS

EVERY_SECONDS = 2
BATCH = 50
LONGEST_DELAY = timedelta(hours=1)
logger = structlog.get_logger()


def mail_sweep(context: BillingContext) -> Sweep:
    """One worker sends at a time. A crash between sending and noting it sends the same mail, by its id, again."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        for handled in range(BATCH):
            mail = await repository.first_due(session, datetime.now(UTC))
            if mail is None:
                return handled
            session.expunge(mail)
            await _attempt(context, mail)
        return BATCH

    return Sweep(name="send_outgoing_mail", every=EVERY_SECONDS, run=run)


async def _attempt(context: BillingContext, mail: OutgoingMail) -> None:
    try:
        await _send(context, mail)
    except Problem as error:
        await _postpone(context, mail, error)
    else:
        failpoint("mail.settle.before")
        async with context.database.tenant_session(mail.tenant_id) as session:
            await repository.settle(session, mail, sent_at=datetime.now(UTC))


async def _send(context: BillingContext, mail: OutgoingMail) -> None:
    owner = await context.auth.get_owner_contact(mail.tenant_id)
    words = TEXTS[mail.kind].filled(
        {
            **mail.parameters,
            "full_name": owner.full_name,
            "company": owner.company,
            "web_url": context.settings.web_url.rstrip("/"),
        }
    )
    await context.mailer.send(Mail(id=mail.id, to=(owner.email,), subject=words.subject, text=words.text))


async def _postpone(context: BillingContext, mail: OutgoingMail, error: Problem) -> None:
    """Waits longer each time; an address that is refused, or a tenant that is gone, ends it."""
    final = isinstance(error, NotFound | MailRefused)
    delay = min(timedelta(seconds=2 ** min(mail.attempts, 20)), LONGEST_DELAY)
    logger.warning("mail.failed", kind=mail.kind, mail_id=str(mail.id), final=final, reason=repr(error))
    async with context.database.tenant_session(mail.tenant_id) as session:
        await repository.settle(
            session, mail, next_attempt_at=None if final else datetime.now(UTC) + delay, error=error.code
        )
