"""Mail: SES, SMTP, or the sandbox's mailbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.mail.port import Mail, Mailer, MailError, MailRefused, MailUnavailable, Sender
from libs.adapters.mail.settings import MailboxSettings, MailSettings, SesSettings, SmtpSettings

__all__ = [
    "Mail",
    "MailError",
    "MailRefused",
    "MailSettings",
    "MailUnavailable",
    "MailboxSettings",
    "Mailer",
    "Sender",
    "SesSettings",
    "SmtpSettings",
    "open_mail",
]


@asynccontextmanager
async def open_mail(settings: MailSettings) -> AsyncIterator[Mailer]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, MailboxSettings):
        from libs.adapters.mail.local import open_mailbox  # noqa: PLC0415 - see above

        async with open_mailbox(settings) as mailer:
            yield mailer
    elif isinstance(settings, SmtpSettings):
        from libs.adapters.mail.smtp import SmtpMailer  # noqa: PLC0415 - see above

        yield SmtpMailer(settings)
    else:
        from libs.adapters.mail.aws import open_ses  # noqa: PLC0415 - see above

        async with open_ses(settings) as mailer:
            yield mailer
