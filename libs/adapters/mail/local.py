"""The embedded form of the mail port: a message is posted to the sandbox's mailbox, which keeps each id once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from libs.adapters.mail.port import Mail, MailError, MailRefused, MailUnavailable
from libs.adapters.mail.settings import MailboxSettings
from libs.common.failpoints import failpoint


class MailboxMailer:
    """Posts to the mailbox."""

    def __init__(self, client: httpx.AsyncClient, settings: MailboxSettings) -> None:
        self._client = client
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        sender = self._settings.sender
        body = mail.model_dump(mode="json") | {
            "sender": mail.sender or sender.address,
            "from_name": mail.from_name or sender.name,
        }
        failpoint("mail.send.before")
        await self._call("POST", "/messages", body)
        failpoint("mail.send.after")

    async def ping(self) -> None:
        await self._call("GET", "/livez")

    async def _call(self, method: str, path: str, body: object = None) -> None:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise MailUnavailable from error
        if response.status_code == 422:
            raise MailRefused
        if response.status_code >= 500:
            raise MailUnavailable
        if response.is_error:
            raise MailError(f"The mailbox answered {response.status_code}; check its secret.")


@asynccontextmanager
async def open_mailbox(settings: MailboxSettings) -> AsyncIterator[MailboxMailer]:
    """The mailbox with the client that lives as long as the process."""
    headers = {"Authorization": f"Bearer {settings.secret.get_secret_value()}"}
    async with httpx.AsyncClient(base_url=settings.url, headers=headers, timeout=settings.timeout) as client:
        yield MailboxMailer(client, settings)
