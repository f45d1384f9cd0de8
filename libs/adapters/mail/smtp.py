"""The SMTP form of the mail port, for any server that accepts submissions."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from libs.adapters.mail.port import Mail, MailError, MailRefused, MailUnavailable, as_mime, from_address
from libs.adapters.mail.settings import SmtpSettings
from libs.common.failpoints import failpoint


class SmtpMailer:
    """A connection per message, in a thread: the standard library's client waits."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        failpoint("mail.send.before")
        await asyncio.to_thread(self._send, mail)
        failpoint("mail.send.after")

    async def ping(self) -> None:
        await asyncio.to_thread(self._ping)

    def _send(self, mail: Mail) -> None:
        sender = self._settings.sender
        with _errors(), self._connected() as server:
            refused = server.send_message(as_mime(mail, sender), from_address(mail, sender), mail.to)
        if refused:
            # The others have it already, so sending it again would reach them twice.
            raise MailRefused(f"{len(refused)} of {len(mail.to)} addresses were refused; the others have the message.")

    def _ping(self) -> None:
        with _errors(), self._connected() as server:
            server.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        context = ssl.create_default_context()
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
            yield server


@contextmanager
def _errors() -> Iterator[None]:
    """SMTP's answers: 4xx may succeed later, 5xx never will (RFC 5321 §4.2.1)."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        passing = all(code < 500 for code, _ in error.recipients.values())
        raise (MailUnavailable if passing else MailRefused)() from error
    except smtplib.SMTPResponseException as error:
        raise (MailUnavailable if error.smtp_code < 500 else MailRefused)() from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailError("The mail server lacks what the settings ask for (STARTTLS, login or UTF-8).") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable from error
