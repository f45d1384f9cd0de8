"""Sends the mails that are due; auth says to whom."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.mail import MailRefused
from libs.common.problems import NotFound, Problem
from libs.common.sweeps import Sweep
from services.provisioner.mails import repository
from services.provisioner.mails.models import OutgoingMail
from services.provisioner.mails.texts import welcome_mail

if TYPE_CHECKING:
    from services.provisioner.context import ProvisionerContext

logger = structlog.get_logger()
EVERY_SECONDS = 1.0
BATCH = 20


def mail_sweep(context: "ProvisionerContext") -> Sweep:
    """Looks for due mails every second."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        due = await repository.claim_due(session, limit=BATCH)
        for mail in due:
            await _send(session, mail, context)
        return len(due)

    return Sweep(name="send_mail", every=EVERY_SECONDS, run=run)


async def _send(session: AsyncSession, mail: OutgoingMail, context: "ProvisionerContext") -> None:
    try:
        contact = await context.auth.get_owner_contact(mail.tenant_id)
        await context.mailer.send(
            welcome_mail(mail, contact, stack_url=context.stack_url, web_url=context.settings.web_url)
        )
    except (MailRefused, NotFound) as error:  # an address that is refused, or a tenant that is gone
        logger.warning("mail.given_up", mail_id=str(mail.id), exc_info=error)
        await repository.give_up(session, mail, error.code)
    except Problem as error:
        logger.warning("mail.failed", mail_id=str(mail.id), exc_info=error)
        await repository.postpone(session, mail, error.code)
    else:
        await repository.mark_sent(session, mail)
