"""auth's mails go to the person they are about."""

import httpx
import pytest

from services.auth.context import AuthContext
from services.auth.mails.texts import TEXTS, mail_text
from tests.services.auth.factories import sign_up, sign_up_body
from tests.services.auth.post import send_due


async def test_the_owner_of_a_taken_address_is_told_where_to_sign_in(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    user = (await sign_up(client))["user"]
    await client.post("/v1/auth/signup", json=sign_up_body(email=user["email"]))
    [mail] = [mail for mail in await send_due(context) if mail.to == (user["email"],)]
    assert mail.subject == mail_text("email_taken", "en").subject
    assert "Hello Ada L" in mail.text
    assert "http://web.example" in mail.text


async def test_a_mail_is_in_the_language_of_its_reader(client: httpx.AsyncClient, context: AuthContext) -> None:
    user = (await sign_up(client, locale="de-AT"))["user"]
    await client.post("/v1/auth/signup", json=sign_up_body(email=user["email"]))
    [mail] = [mail for mail in await send_due(context) if mail.to == (user["email"],)]
    assert mail.subject == mail_text("email_taken", "de").subject
    assert "Guten Tag Ada L" in mail.text


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_every_text_is_there_in_english_for_a_language_that_is_not(kind: str) -> None:
    assert mail_text(kind, "fr-CA") == TEXTS[kind]["en"]
