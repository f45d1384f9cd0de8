"""The SES form of the mail port. SES cannot tell a duplicate, so a crash after sending may send twice."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.mail.port import Mail, MailError, MailRefused, MailUnavailable, as_mime, from_address
from libs.adapters.mail.settings import SesSettings
from libs.common.failpoints import failpoint

if TYPE_CHECKING:
    from types_aiobotocore_sesv2 import SESV2Client

_KNOWN = {
    "BadRequestException": MailRefused,
    "MailFromDomainNotVerifiedException": MailRefused,
    "MessageRejected": MailRefused,
    "SendingPausedException": MailUnavailable,
}


class SesMailer:
    """Sends raw messages, so that a message reads the same by SES and by SMTP."""

    def __init__(self, client: "SESV2Client", settings: SesSettings) -> None:
        self._client = client
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        sender = self._settings.sender
        options: Any = {}
        if self._settings.configuration_set is not None:
            options["ConfigurationSetName"] = self._settings.configuration_set
        failpoint("mail.send.before")
        with _errors():
            await self._client.send_email(
                FromEmailAddress=from_address(mail, sender),
                Destination={"ToAddresses": list(mail.to)},
                Content={"Raw": {"Data": as_mime(mail, sender).as_bytes()}},
                EmailTags=[{"Name": name, "Value": value} for name, value in mail.tags.items()],
                **options,
            )
        failpoint("mail.send.after")

    async def ping(self) -> None:
        with _errors():
            await self._client.list_email_identities()


def _errors() -> AbstractContextManager[None]:
    return aws_errors(_KNOWN, unavailable=MailUnavailable, failed=MailError)


@asynccontextmanager
async def open_ses(settings: SesSettings) -> AsyncIterator[SesMailer]:
    """SES with the client that lives as long as the process."""
    async with aws_client("sesv2", settings.aws) as client:
        yield SesMailer(client, settings)
