"""Sends the mails that billing has promised; auth says to whom."""

from libs.adapters.mail.outgoing import Letter, outgoing_mail_sweep
from libs.common.sweeps import Sweep
from services.billing.context import BillingContext
from services.billing.mails.models import OutgoingMail
from services.billing.mails.texts import TEXTS


def mail_sweep(context: BillingContext) -> Sweep:
    """Looks for due mails every two seconds."""

    async def write(mail: OutgoingMail) -> Letter:
        owner = await context.auth.get_owner_contact(mail.tenant_id)
        words = TEXTS[mail.kind].filled(
            {
                **mail.parameters,
                "full_name": owner.full_name,
                "company": owner.company,
                "web_url": context.settings.web_url.rstrip("/"),
            }
        )
        return Letter(to=owner.email, subject=words.subject, text=words.text)

    return outgoing_mail_sweep(context.database, context.mailer, OutgoingMail, write)
