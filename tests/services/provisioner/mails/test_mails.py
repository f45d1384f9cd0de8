"""The welcome is sent once, to the tenant's owner, however often it is asked for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from libs.adapters.mail import Mail
from libs.adapters.mail.outgoing import promise_mail
from libs.common.clock import SystemClock
from libs.common.database import Database
from libs.common.ids import new_id
from libs.common.sweeps import run_sweep
from libs.contracts.auth import OwnerContact
from services.provisioner.context import ProvisionerContext
from services.provisioner.mails.models import OutgoingMail
from services.provisioner.mails.sweeps import mail_sweep


@dataclass
class Post:
    """A mailer that keeps each mail, and the auth that knows every owner."""

    sent: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)

    async def ping(self) -> None:
        """It answers."""

    async def get_owner_contact(self, tenant_id: UUID) -> OwnerContact:
        return OwnerContact(
            user_id=uuid4(),
            email=f"{tenant_id.hex[:8]}@example.com",
            full_name="Ada <L>",
            company="Bäcker & Söhne",
            slug="baecker-k3x9",
            locale="de",
        )


@pytest.fixture
async def mails(database: Database) -> AsyncIterator[Database]:
    yield database
    async with database.system_session() as session:
        await session.execute(delete(OutgoingMail))


def _context(database: Database, post: Post) -> ProvisionerContext:
    """The five parts of the context that mails use."""
    parts = SimpleNamespace(
        database=database,
        auth=post,
        mailer=post,
        stack_url="http://{slug}.localhost:8000",
        settings=SimpleNamespace(web_url="http://app.test"),
    )
    return cast("ProvisionerContext", parts)


async def _promised(database: Database, *, host_kind: str = "shared", times: int = 1) -> UUID:
    tenant_id, mail_id = uuid4(), new_id()
    for _ in range(times):
        async with database.tenant_session(tenant_id) as session:
            await promise_mail(
                session,
                OutgoingMail,
                {"tenant_id": tenant_id},
                kind="welcome",
                parameters={"host_kind": host_kind},
                mail_id=mail_id,
            )
    return tenant_id


async def _sweep(database: Database, post: Post) -> int:
    return await run_sweep(mail_sweep(_context(database, post)), database=database, clock=SystemClock())


async def test_a_welcome_asked_for_twice_is_sent_once_with_every_address(mails: Database) -> None:
    post = Post()
    tenant_id = await _promised(mails, times=2)
    assert [await _sweep(mails, post) for _ in range(2)] == [1, 0]
    [mail] = post.sent
    assert mail.to == (f"{tenant_id.hex[:8]}@example.com",)
    for place in ("http://baecker-k3x9.localhost:8000", "http://crm.baecker-k3x9.localhost:8000"):
        assert place in mail.text
        assert mail.html is not None
        assert place in mail.html


async def test_names_cannot_put_markup_into_the_mail(mails: Database) -> None:
    post = Post()
    await _promised(mails, host_kind="dedicated")
    await _sweep(mails, post)
    assert post.sent[0].html is not None
    assert "Ada &lt;L&gt;" in post.sent[0].html
