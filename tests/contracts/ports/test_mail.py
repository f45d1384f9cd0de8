"""The contract of the mail port, on all of its forms."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage, MIMEPart
from email.policy import default
from pathlib import Path

import aioboto3
import httpx
import pytest
from pydantic import ValidationError

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.mail import (
    Mail,
    MailboxSettings,
    Mailer,
    MailRefused,
    MailUnavailable,
    Sender,
    SesSettings,
    SmtpSettings,
    open_mail,
)
from libs.common.ids import new_id
from sandbox.mailbox.app import MailboxServerSettings, create_app
from tests.libs.adapters.serving import listening_socket, served
from tests.libs.adapters.smtp_server import smtp_server

SENDER = Sender(address="platform@stackpro.example.com", name="StackPro Müller")
SECRET = "mailbox-secret-of-tests"


@dataclass(frozen=True)
class Seen:
    """A message as whoever received it sees it."""

    sender: str
    to: list[str]
    subject: str
    text: str
    html: str | None
    reply_to: str | None
    header: str | None


@dataclass(frozen=True)
class Form:
    mailer: Mailer
    received: Callable[[], Awaitable[list[Seen]]]


@asynccontextmanager
async def mailbox_form(folder: Path) -> AsyncIterator[Form]:
    listener, url = listening_socket()
    app = create_app(MailboxServerSettings.model_validate({"path": folder / "mail.sqlite", "secret": SECRET}))
    settings = MailboxSettings.model_validate({"sender": SENDER, "url": url, "secret": SECRET})

    async def received() -> list[Seen]:
        async with httpx.AsyncClient() as client:
            messages = (await client.get(f"{url}/messages")).json()
        return [
            Seen(
                f"{one['from_name']} <{one['sender']}>",
                one["to"],
                one["subject"],
                one["text"],
                one["html"],
                one["reply_to"],
                one["headers"].get("List-Unsubscribe"),
            )
            for one in messages
        ]

    async with served(app, listener), open_mail(settings) as mailer:
        yield Form(mailer, received)


def content(part: MIMEPart) -> str:
    return str(part.get_content()).replace("\r\n", "\n").removesuffix("\n")


def seen(message: EmailMessage) -> Seen:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    return Seen(
        str(message["From"]).replace('"', ""),
        [address.addr_spec for address in message["To"].addresses],
        message["Subject"],
        content(text),
        None if html is None else content(html),
        message["Reply-To"],
        message["List-Unsubscribe"],
    )


@asynccontextmanager
async def smtp_form() -> AsyncIterator[Form]:
    async with smtp_server() as server:
        settings = SmtpSettings(sender=SENDER, host="127.0.0.1", port=server.port, security="none")

        async def received() -> list[Seen]:
            return [seen(message) for message in reversed(server.messages)]

        async with open_mail(settings) as mailer:
            yield Form(mailer, received)


@asynccontextmanager
async def ses_form(aws: AwsSettings) -> AsyncIterator[Form]:
    async def sent() -> list[str]:
        async with httpx.AsyncClient() as client:
            return list((await client.get(f"{aws.endpoint_url}/sent-mail")).json())

    before = len(await sent())
    async with aioboto3.Session("emulated", "emulated", region_name=aws.region).client(
        "sesv2", endpoint_url=aws.endpoint_url
    ) as client:
        known = (await client.list_email_identities())["EmailIdentities"]
        if not known:
            await client.create_email_identity(EmailIdentity=SENDER.address)

    async def received() -> list[Seen]:
        messages = [message_from_string(text, policy=default) for text in reversed((await sent())[before:])]
        return [seen(message) for message in messages if isinstance(message, EmailMessage)]

    async with open_mail(SesSettings(sender=SENDER, aws=aws)) as mailer:
        yield Form(mailer, received)


@pytest.fixture(params=["mailbox", "smtp", "ses"])
async def form(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Form]:
    forms: dict[str, Callable[[], AbstractAsyncContextManager[Form]]] = {
        "mailbox": lambda: mailbox_form(tmp_path),
        "smtp": smtp_form,
        "ses": lambda: ses_form(request.getfixturevalue("aws")),
    }
    async with forms[request.param]() as form:
        yield form


def mail(**changes: object) -> Mail:
    return Mail.model_validate(
        {
            "id": new_id(),
            "to": ("ada+x@example.com",),
            "subject": "Willkommen, Bäckerei & Söhne",
            "text": "Grüß Gott.\n.\nhttps://example.com/a",
        }
        | changes
    )


async def test_a_message_arrives_with_all_that_it_says(form: Form) -> None:
    await form.mailer.send(
        mail(
            to=("ada@example.com", "bob@example.com"),
            html="<p>Grüß <b>Gott</b></p>",
            reply_to="help@example.com",
            headers={"List-Unsubscribe": "<https://example.com/u>"},
            tags={"kind": "welcome"},
        )
    )

    [message] = await form.received()
    assert message == Seen(
        sender="StackPro Müller <platform@stackpro.example.com>",
        to=["ada@example.com", "bob@example.com"],
        subject="Willkommen, Bäckerei & Söhne",
        text="Grüß Gott.\n.\nhttps://example.com/a",
        html="<p>Grüß <b>Gott</b></p>",
        reply_to="help@example.com",
        header="<https://example.com/u>",
    )


async def test_a_message_of_plain_text_alone_arrives(form: Form) -> None:
    await form.mailer.send(mail())

    [message] = await form.received()
    assert (message.to, message.html) == (["ada+x@example.com"], None)


async def test_a_long_line_is_not_cut(form: Form) -> None:
    await form.mailer.send(mail(text="x" * 5000))

    [message] = await form.received()
    assert message.text == "x" * 5000


async def test_the_mail_server_answers_a_ping(form: Form) -> None:
    await form.mailer.ping()


async def test_the_mailbox_keeps_a_message_that_is_sent_twice_once(tmp_path: Path) -> None:
    message = mail()
    async with mailbox_form(tmp_path) as form:
        await form.mailer.send(message)
        await form.mailer.send(message)

        assert len(await form.received()) == 1


async def test_a_duplicate_by_smtp_carries_the_same_message_id() -> None:
    message = mail()
    async with smtp_server() as server:
        settings = SmtpSettings(sender=SENDER, host="127.0.0.1", port=server.port, security="none")
        async with open_mail(settings) as mailer:
            await mailer.send(message)
            await mailer.send(message)

    assert [str(one["Message-ID"]) for one in server.messages] == [f"<{message.id}@stackpro.example.com>"] * 2


@pytest.mark.parametrize(
    ("answer", "error"), [("450 mailbox busy", MailUnavailable), ("550 no such user", MailRefused)]
)
async def test_smtp_says_whether_trying_again_makes_sense(answer: str, error: type[Exception]) -> None:
    async with smtp_server() as server:
        server.answers["ada+x@example.com"] = answer
        settings = SmtpSettings(sender=SENDER, host="127.0.0.1", port=server.port, security="none")
        async with open_mail(settings) as mailer:
            with pytest.raises(error):
                await mailer.send(mail())


async def test_a_mail_server_that_is_away_is_unavailable() -> None:
    listener, url = listening_socket()
    port = listener.getsockname()[1]
    listener.close()
    for settings in (
        SmtpSettings(sender=SENDER, host="127.0.0.1", port=port, security="none"),
        MailboxSettings.model_validate({"sender": SENDER, "url": url, "secret": SECRET}),
    ):
        async with open_mail(settings) as mailer:
            with pytest.raises(MailUnavailable):
                await mailer.send(mail())


async def test_ses_refuses_a_sender_that_was_not_verified(aws: AwsSettings) -> None:
    async with ses_form(aws) as form:
        with pytest.raises(MailRefused):
            await form.mailer.send(mail(sender="somebody@elsewhere.example.com"))


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: victim@example.com"},
        {"subject": "Hello\u2028there"},
        {"to": ("ada@example.com\nBcc: victim@example.com",)},
        {"to": ("not an address",)},
        {"to": ()},
        {"to": ("Ada <ada@example.com>",)},
        {"to": ("müller@example.com",)},
        {"reply_to": "a@example.com, b@example.com"},
        {"from_name": "Ada\nX: y"},
        {"headers": {"X-Note": "a\r\nBcc: victim@example.com"}},
        {"headers": {"Bcc": "victim@example.com"}},
        {"headers": {"from": "victim@example.com"}},
        {"headers": {"X Note": "a"}},
        {"headers": {"X-Note\r\nBcc": "a"}},
        {"tags": {"kind": "a b"}},
        {"text": ""},
    ],
)
def test_what_could_smuggle_in_a_header_or_is_no_address_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        mail(**changes)
