"""The mails that auth sends, caught before they leave."""

from dataclasses import dataclass, field

from libs.adapters.mail import Mail
from libs.common.clock import SystemClock
from libs.common.sweeps import run_sweep
from services.auth.context import AuthContext
from services.auth.mails.sweeps import mail_sweep


@dataclass
class Post:
    """A mailer that keeps each mail."""

    sent: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)

    async def ping(self) -> None:
        """It answers."""


async def send_due(context: AuthContext) -> list[Mail]:
    """Sends what is due and returns it."""
    post = Post()
    sweep = mail_sweep(context.database, post, web_url="http://web.example", tokens=context.invitation_tokens)
    await run_sweep(sweep, database=context.database, clock=SystemClock())
    return post.sent
