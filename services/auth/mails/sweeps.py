"""Sends the mails that are due, and tries again those that failed."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.mail import Mail, Mailer, MailError
from libs.common.sweeps import Sweep
from services.auth.accounts import repository as accounts
from services.auth.mails import repository
from services.auth.mails.models import OutgoingMail
from services.auth.mails.texts import mail_text

logger = structlog.get_logger()
BATCH = 20


def outgoing_mail_sweep(mail: Mailer, *, web_url: str) -> Sweep:
    """Looks for due mails every two seconds."""

    async def run(session: AsyncSession, now: datetime) -> int:
        due = await repository.claim_due(session, now, limit=BATCH)
        for row in due:
            await _send(session, row, now, mail, web_url)
        return len(due)

    return Sweep(name="send_outgoing_mail", every=2, run=run)


async def _send(session: AsyncSession, row: OutgoingMail, now: datetime, mail: Mailer, web_url: str) -> None:
    user = await accounts.find_user(session, row.user_id)
    if user is None:
        await repository.mark_sent(session, row.id, now)
        return
    words = mail_text(row.template, "en")
    try:
        await mail.send(
            Mail(
                id=row.id,
                to=(user.email,),
                subject=words.subject,
                text=words.text.format(full_name=user.full_name, web_url=web_url),
            )
        )
    except MailError as error:
        logger.warning("mail.failed", template=row.template, exc_info=error)
        await repository.postpone(session, row, now)
    else:
        await repository.mark_sent(session, row.id, now)
