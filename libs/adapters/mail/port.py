"""The mail port: one message to a few people, sent by SES, SMTP or into the sandbox's mailbox."""

import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Annotated, Protocol
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from libs.adapters.errors import PortError

_POLICY = SMTP.clone(cte_type="7bit")  # no server on the way needs 8BITMIME
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,256}")
# Set by this port alone, or telling a mail server what to do.
_RESERVED = frozenset(
    {
        *("bcc", "cc", "content-transfer-encoding", "content-type", "date", "dkim-signature", "from", "message-id"),
        *("mime-version", "received", "reply-to", "return-path", "sender", "subject", "to"),
    }
)


class MailError(PortError):
    code, title = "mail_failed", "The message could not be sent"


class MailUnavailable(MailError):
    status, code, title, retryable = 503, "mail_unavailable", "The mail server does not answer", True
    default_detail = "The message was not accepted. Try again in a moment."


class MailRefused(MailError):
    """The server will never accept this message: an address it does not know, or a sender it does not allow."""

    status, code, title = 422, "mail_refused", "The mail server refused the message"
    default_detail = "Check the addresses and whether the sender's domain is verified."


def check_address(address: str) -> str:
    """The address with its domain in ASCII (RFC 5321, RFC 5890). Raises ValueError; asks no name server.

    The part before the @ must be ASCII: SES sends to no other (SES, SendEmail, "Destination").
    """
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError("not a valid e-mail address") from error
    return found.ascii_email or found.normalized


def check_line(text: str) -> str:
    """A header's value in one line: a line break would begin a header of the sender's choice."""
    if _CONTROL.search(text):
        raise ValueError("must not hold line breaks or control characters")
    return text


def _check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _RESERVED:
            raise ValueError(f"{name[:80]!r} may not be set as a header")
        check_line(value)
    return dict(headers)


def _check_tags(tags: Mapping[str, str]) -> dict[str, str]:
    if not all(_TAG.fullmatch(text) for pair in tags.items() for text in pair):
        raise ValueError("tags are made of letters, digits, '_', '-', '.' and '@'")
    return dict(tags)


Address = Annotated[str, AfterValidator(check_address)]
Line = Annotated[str, Field(max_length=990), AfterValidator(check_line)]


class Mail(BaseModel):
    """One message. `id` makes sending it again harmless where the form can tell.

    Raises pydantic's ValidationError for a bad address or anything that could smuggle in a header. `tags` are for
    the sender's own statistics. `from_name` and `sender` replace the platform's.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    to: tuple[Address, ...] = Field(min_length=1, max_length=50)
    subject: Line
    text: str = Field(min_length=1)
    html: str | None = None
    reply_to: Address | None = None
    headers: Annotated[dict[str, str], AfterValidator(_check_headers)] = {}
    tags: Annotated[dict[str, str], AfterValidator(_check_tags)] = {}
    sender: Address | None = None
    from_name: Line | None = None


class Sender(BaseModel):
    """Who the platform's mail comes from."""

    model_config = ConfigDict(frozen=True)

    address: Address
    name: Line = "StackPro"


class Mailer(Protocol):
    """Sends mail. Called by a worker, never within a request."""

    async def send(self, mail: Mail) -> None:
        """Hands the message over. Raises `MailUnavailable` (try again) or `MailRefused` (do not)."""

    async def ping(self) -> None:
        """Returns if mail could be sent now."""


def from_address(mail: Mail, sender: Sender) -> str:
    """The bare address that the message comes from."""
    return mail.sender or sender.address


def as_mime(mail: Mail, sender: Sender) -> EmailMessage:
    """The message as MIME; its Message-ID follows from its id, so that a duplicate can be recognised."""
    address = from_address(mail, sender)
    message = EmailMessage(policy=_POLICY)
    message["From"] = formataddr((mail.from_name or sender.name, address))
    message["To"] = ", ".join(mail.to)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.id}@{address.rpartition('@')[2]}>"
    if mail.reply_to is not None:
        message["Reply-To"] = mail.reply_to
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message
