"""A promised mail is sent at least once and always under one id, waits longer after each failure, and ends visibly."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from libs.adapters.mail import Mail, MailError, MailRefused, MailUnavailable
from libs.adapters.mail.outgoing import (
    GIVE_UP_AFTER,
    LEASE,
    LONGEST_PAUSE,
    Letter,
    OutgoingMailColumns,
    outgoing_mail_sweep,
    promise_mail,
)
from libs.common.clock import SystemClock
from libs.common.data_catalogue import keeps
from libs.common.database import Database
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.problems import NotFound
from libs.common.sweeps import run_sweep
from tests.libs.common.sample.service import Base

MOMENT = timedelta(seconds=5)


class SampleMail(OutgoingMailColumns, Base):
    """The sample's outgoing mails: one of a kind about one thing."""

    __table_args__ = keeps(owner="sample", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str]


@dataclass
class Post:
    """Writes letters to `address` and sends them; fails with `trouble` while there is one."""

    address: str = "ada@example.com"
    sent: list[Mail] = field(default_factory=list)
    trouble: Exception | None = None
    unwritable: Exception | None = None

    async def send(self, mail: Mail) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(mail)

    async def ping(self) -> None:
        """It answers."""

    async def write(self, mail: SampleMail) -> Letter:
        if self.unwritable is not None:
            raise self.unwritable
        return Letter(to=self.address, subject=f"About {mail.about}", text=f"Hello {mail.parameters['name']}")


@pytest.fixture
async def mails(database: Database) -> AsyncIterator[Database]:
    async with database.system_session() as session:
        await session.execute(delete(SampleMail))
    yield database
    configure_failpoints("")


async def promised(database: Database, *, about: str = "one", times: int = 1, **arguments: UUID) -> UUID:
    tenant_id = uuid4()
    for _ in range(times):
        async with database.tenant_session(tenant_id) as session:
            recipient = {"tenant_id": tenant_id, "about": about}
            await promise_mail(session, SampleMail, recipient, kind="hello", parameters={"name": "Ada"}, **arguments)
    return tenant_id


async def sweep(database: Database, post: Post) -> int:
    return await run_sweep(
        outgoing_mail_sweep(database, post, SampleMail, post.write), database=database, clock=SystemClock()
    )


async def rows(database: Database) -> list[SampleMail]:
    async with database.system_session() as session:
        return list(await session.scalars(select(SampleMail).order_by(SampleMail.created_at)))


async def only_row(database: Database) -> SampleMail:
    [row] = await rows(database)
    return row


async def change(database: Database, **values: object) -> None:
    async with database.system_session() as session:
        await session.execute(update(SampleMail).values(values))


async def make_due(database: Database) -> None:
    await change(database, next_attempt_at=datetime.now(UTC))


async def test_a_mail_is_sent_once_under_the_rows_id_and_is_settled(mails: Database) -> None:
    post = Post()
    await promised(mails)
    assert [await sweep(mails, post) for _ in range(2)] == [1, 0]
    [mail], row = post.sent, await only_row(mails)
    assert (mail.id, mail.to, mail.subject, mail.text) == (row.id, ("ada@example.com",), "About one", "Hello Ada")
    assert (row.state, row.next_attempt_at, row.last_error) == ("sent", None, None)


async def test_a_promise_that_is_not_committed_sends_nothing(mails: Database) -> None:
    post, tenant_id = Post(), uuid4()
    with pytest.raises(RuntimeError):
        async with mails.tenant_session(tenant_id) as session:
            await promise_mail(session, SampleMail, {"tenant_id": tenant_id, "about": "one"}, kind="hello")
            raise RuntimeError
    assert await sweep(mails, post) == 0
    assert post.sent == []


async def test_the_same_promised_twice_is_one_mail_by_its_id_and_by_what_the_table_keeps_unique(
    mails: Database,
) -> None:
    await promised(mails, times=2)
    await promised(mails, times=2, mail_id=uuid4())
    assert len(await rows(mails)) == 2


async def test_the_longest_waiting_is_sent_first(mails: Database) -> None:
    post = Post()
    for about in ("one", "two", "three"):
        await promised(mails, about=about)
    assert await sweep(mails, post) == 3
    assert [mail.subject for mail in post.sent] == ["About one", "About two", "About three"]


async def test_a_server_that_is_away_is_left_alone_with_the_rest_and_tried_again_with_the_same_mail(
    mails: Database,
) -> None:
    post = Post(trouble=MailUnavailable())
    await promised(mails)
    await promised(mails)
    assert await sweep(mails, post) == 1
    first, second = await rows(mails)
    assert (first.state, first.last_error, second.attempts) == ("due", "mail_unavailable", 0)
    post.trouble = None
    await make_due(mails)
    assert await sweep(mails, post) == 2
    assert {mail.id for mail in post.sent} == {first.id, second.id}
    assert [row.state for row in await rows(mails)] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("failed_before", "pause"),
    [(0, timedelta(seconds=2)), (1, timedelta(seconds=4)), (5, timedelta(seconds=64)), (40, LONGEST_PAUSE)],
)
async def test_each_failure_doubles_the_pause_up_to_an_hour(
    mails: Database, failed_before: int, pause: timedelta
) -> None:
    await promised(mails)
    await change(mails, attempts=failed_before)
    began = datetime.now(UTC)
    await sweep(mails, Post(trouble=MailUnavailable()))
    row = await only_row(mails)
    assert row.next_attempt_at is not None
    assert pause <= row.next_attempt_at - began < pause + MOMENT
    assert await sweep(mails, Post()) == 0


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (Post(trouble=MailRefused()), "mail_refused"),
        (Post(unwritable=NotFound()), "not_found"),
        (Post(address="no address"), "ValidationError"),
    ],
    ids=["refused", "reader gone", "no address"],
)
async def test_what_will_never_be_accepted_is_given_up_at_once_and_says_why(
    mails: Database, post: Post, reason: str
) -> None:
    await promised(mails)
    await promised(mails)
    assert await sweep(mails, post) == 2
    assert [(row.state, row.last_error, row.attempts) for row in await rows(mails)] == [("given_up", reason, 1)] * 2
    assert await sweep(mails, Post()) == 0


async def test_a_failure_that_may_pass_is_given_up_after_four_days(mails: Database) -> None:
    await promised(mails)
    await change(mails, created_at=datetime.now(UTC) - GIVE_UP_AFTER + timedelta(minutes=1))
    await sweep(mails, Post(trouble=MailError()))
    assert (await only_row(mails)).state == "due"
    await make_due(mails)
    await change(mails, created_at=datetime.now(UTC) - GIVE_UP_AFTER)
    await sweep(mails, Post(trouble=MailError()))
    row = await only_row(mails)
    assert (row.state, row.last_error) == ("given_up", "mail_failed")


async def test_a_crash_after_sending_sends_the_same_mail_under_the_same_id_when_the_lease_is_over(
    mails: Database,
) -> None:
    post = Post()
    await promised(mails)
    configure_failpoints("mail.settle.before:1:raise")
    began = datetime.now(UTC)
    with pytest.raises(FailpointReached):
        await sweep(mails, post)
    configure_failpoints("")
    row = await only_row(mails)
    assert row.next_attempt_at is not None
    assert LEASE <= row.next_attempt_at - began < LEASE + MOMENT
    assert await sweep(mails, post) == 0

    await make_due(mails)
    await sweep(mails, post)
    assert [mail.id for mail in post.sent] == [row.id, row.id]
    assert (await only_row(mails)).state == "sent"


async def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(mails: Database) -> None:
    await promised(mails, about="broken")
    await change(mails, parameters={})
    await promised(mails, about="whole")
    post = Post()
    await sweep(mails, post)
    await sweep(mails, post)
    assert [mail.subject for mail in post.sent] == ["About whole"]
    assert [row.last_error for row in await rows(mails)] == ["KeyError", None]
