"""Sends the mails that auth has promised."""

from libs.adapters.mail import Mailer
from libs.adapters.mail.outgoing import Letter, outgoing_mail_sweep
from libs.common.database import Database
from libs.common.problems import NotFound
from libs.common.sweeps import Sweep
from services.auth.accounts import repository as accounts
from services.auth.invitations.tokens import InvitationTokens
from services.auth.mails.invitations import invitation_letter, invitation_link
from services.auth.mails.models import OutgoingMail
from services.auth.mails.texts import mail_text


def mail_sweep(database: Database, mailer: Mailer, *, web_url: str, tokens: InvitationTokens) -> Sweep:
    """Looks for due mails every two seconds."""

    async def write(mail: OutgoingMail) -> Letter:
        if mail.user_id is None:
            return await invitation_letter(
                database,
                mail.parameters,
                lambda invitation_id, locale: invitation_link(web_url, tokens.of(invitation_id), locale),
            )
        async with database.platform_session() as session:
            user = await accounts.find_user(session, mail.user_id)
        if user is None:
            raise NotFound
        words = mail_text(mail.kind, user.locale)
        text = words.text.format(full_name=user.full_name, web_url=web_url)
        return Letter(to=user.email, subject=words.subject, text=text)

    return outgoing_mail_sweep(database, mailer, OutgoingMail, write)
