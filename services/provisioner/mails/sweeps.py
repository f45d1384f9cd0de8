"""Sends the mails that the provisioner has promised; auth says to whom."""

from typing import TYPE_CHECKING

from libs.adapters.mail.outgoing import Letter, outgoing_mail_sweep
from libs.common.sweeps import Sweep
from services.provisioner.mails.models import OutgoingMail
from services.provisioner.mails.texts import welcome_letter

if TYPE_CHECKING:
    from services.provisioner.context import ProvisionerContext

EVERY_SECONDS = 1.0


def mail_sweep(context: "ProvisionerContext") -> Sweep:
    """Looks for due mails every second: a welcome is awaited."""

    async def write(mail: OutgoingMail) -> Letter:
        contact = await context.auth.get_owner_contact(mail.tenant_id)
        return welcome_letter(
            mail.parameters["host_kind"], contact, stack_url=context.stack_url, web_url=context.settings.web_url
        )

    return outgoing_mail_sweep(context.database, context.mailer, OutgoingMail, write, every=EVERY_SECONDS)
