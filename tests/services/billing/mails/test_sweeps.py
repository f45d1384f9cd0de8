"""Billing's mails are written once for each cause, and to the right person."""

import string

import pytest

from services.billing.mails.service import promise_mail
from services.billing.mails.texts import TEXTS
from tests.services.billing.world import World, owner_address

KNOWN = {"full_name", "company", "web_url", "days_left", "ends_on", "grace_ends_on"}


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

    await world.send_mails()

    [mail] = [mail for mail in world.mailer.sent.values() if mail.to == (owner_address(tenant_id),)]
    assert "Hello Ada Lovelace" in mail.text
    assert "http://web.example/billing" in mail.text
