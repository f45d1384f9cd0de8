"""Promised mails are sent, once, to the right person, whatever happens in between."""

import string

import pytest

from libs.adapters.mail import Mail, MailRefused
from libs.common.failpoints import FailpointReached, configure_failpoints
from services.billing.mails.service import promise_mail
from services.billing.mails.sweeps import mail_sweep
from services.billing.mails.texts import TEXTS
from tests.services.billing.world import RecordingMailer, World, owner_address

KNOWN = {"full_name", "company", "web_url", "days_left", "ends_on", "grace_ends_on"}


class RefusingMailer(RecordingMailer):
    """A mail server that will never take the message."""

    async def send(self, mail: Mail) -> None:
        self.sent.setdefault(mail.id, mail)
        raise MailRefused


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_every_text_asks_only_for_parameters_that_there_are(kind: str) -> None:
    words = TEXTS[kind]
    asked = {name for text in (words.subject, words.text) for _, name, _, _ in string.Formatter().parse(text) if name}

    assert asked <= KNOWN


async def test_a_mail_greets_the_owner_and_leads_to_the_billing_page(world: World) -> None:
    tenant_id = await world.new_tenant()
    parameters = {"days_left": "3", "ends_on": "2026-01-15"}
    async with world.context.database.tenant_session(tenant_id) as session:
        await promise_mail(session, tenant_id, kind="trial_ending", about="one", parameters=parameters)
        await promise_mail(session, tenant_id, kind="trial_ending", about="one", parameters=parameters)

    await world.sweep(mail_sweep(world.context))

    [mail] = [mail for mail in world.mailer.sent.values() if mail.to == (owner_address(tenant_id),)]
    assert "Hello Ada Lovelace" in mail.text
    assert "http://web.example/billing" in mail.text


async def test_a_crash_after_sending_sends_the_same_mail_under_the_same_id(world: World) -> None:
    tenant_id = await world.new_tenant()
    async with world.context.database.tenant_session(tenant_id) as session:
        await promise_mail(session, tenant_id, kind="payment_failed", about="two", parameters={})
    configure_failpoints("mail.settle.before:1:raise")
    with pytest.raises(FailpointReached):
        await world.sweep(mail_sweep(world.context))
    configure_failpoints("")

    await world.sweep(mail_sweep(world.context))
    await world.sweep(mail_sweep(world.context))

    assert len(world.mailer.subjects_to(tenant_id)) == 1


async def test_an_address_that_is_refused_is_not_tried_for_ever(world: World) -> None:
    tenant_id = await world.new_tenant()
    async with world.context.database.tenant_session(tenant_id) as session:
        await promise_mail(session, tenant_id, kind="payment_failed", about="three", parameters={})
    refusing = RefusingMailer()
    broken = world.with_mailer(refusing)

    await broken.sweep(mail_sweep(broken.context))
    await world.sweep(mail_sweep(world.context))

    assert len(refusing.subjects_to(tenant_id)) == 1
    assert world.mailer.subjects_to(tenant_id) == []
