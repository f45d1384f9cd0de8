"""What people change about themselves: name, language, password."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.auth.context import AuthContext
from services.auth.mails.models import OutgoingMail
from tests.services.auth.factories import PASSWORD, sign_up
from tests.support.identities import as_service, bearer

NEW = "four loud herons paint a tunnel"


async def change(client: httpx.AsyncClient, answer: dict[str, Any], **body: Any) -> httpx.Response:
    return await client.patch("/v1/me", json=body, headers=bearer(answer["access_token"]))


async def change_password(
    client: httpx.AsyncClient, answer: dict[str, Any], *, current: str = PASSWORD, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await client.post("/v1/me/password", json=body, headers=bearer(answer["access_token"]))


async def log_in(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password})


async def goes_on(client: httpx.AsyncClient, refresh_token: str) -> bool:
    return (await client.post("/v1/auth/refresh", json={"refresh_token": refresh_token})).status_code == 200


async def test_name_and_language_change_each_alone_or_together(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    assert answer["user"]["locale"] == "en"
    renamed = (await change(client, answer, full_name="Ada King")).json()
    assert (renamed["user"]["full_name"], renamed["user"]["locale"]) == ("Ada King", "en")
    both = (await change(client, answer, full_name="Ada L", locale="de-AT")).json()
    assert (both["user"]["full_name"], both["user"]["locale"]) == ("Ada L", "de-AT")
    assert (await change(client, answer)).json() == both
    assert (await client.get("/v1/me", headers=bearer(answer["access_token"]))).json() == both


async def test_the_owner_is_written_to_in_their_language(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    await change(client, answer, locale="de")
    path = f"/internal/tenants/{answer['tenant']['id']}/owner-contact"
    contact = await client.get(path, headers=as_service("billing", to="auth"))
    assert contact.json()["locale"] == "de"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"locale": "fr"}, "/locale", "locale_unknown"),
        ({"locale": "deutsch"}, "/locale", "locale_unknown"),
        ({"full_name": "  "}, "/full_name", "string_too_short"),
        ({"full_name": "<b>"}, "/full_name", "characters_refused"),
        ({"email": "new@example.com"}, "/email", "extra_forbidden"),
    ],
)
async def test_a_wrong_field_is_named_by_pointer_and_code(
    client: httpx.AsyncClient, body: dict[str, str], pointer: str, code: str
) -> None:
    refused = await change(client, await sign_up(client), **body)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]


async def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    answer = await sign_up(client)
    email = answer["user"]["email"]
    other = (await log_in(client, email, PASSWORD)).json()["refresh_token"]
    assert (await change_password(client, answer)).status_code == 204
    assert (await goes_on(client, other), await goes_on(client, answer["refresh_token"])) == (False, True)
    assert (await log_in(client, email, PASSWORD)).status_code == 401
    assert (await log_in(client, email, NEW)).status_code == 200
    async with context.database.platform_session() as session:
        mails = await session.scalars(select(OutgoingMail).where(OutgoingMail.user_id == UUID(answer["user"]["id"])))
        assert [mail.kind for mail in mails] == ["password_changed"]


async def test_a_wrong_current_password_changes_nothing(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    refused = await change_password(client, answer, current="wrong horse")
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_password")
    assert refused.json()["errors"][0]["pointer"] == "/current_password"
    assert (await log_in(client, answer["user"]["email"], PASSWORD)).status_code == 200


async def test_a_new_password_is_held_to_the_rule_of_sign_up(client: httpx.AsyncClient) -> None:
    refused = await change_password(client, await sign_up(client), new="Bäcker & Söhne1")
    assert (refused.status_code, refused.json()["code"]) == (422, "weak_password")
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/new_password", "password_personal")


async def test_guesses_are_limited_together_with_those_at_sign_in(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    for _ in range(5):
        await change_password(client, answer, current="wrong horse")
        await log_in(client, answer["user"]["email"], "wrong horse")
    refused = await change_password(client, answer)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) > 0


async def test_a_sign_in_beside_the_change_leaves_no_session_by_the_old_password(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    answer = await sign_up(client)
    email = answer["user"]["email"]
    changed, *signed_in = await asyncio.gather(
        change_password(client, answer), *(log_in(client, email, PASSWORD) for _ in range(4))
    )
    assert changed.status_code == 204
    for one in signed_in:
        assert one.status_code == 401 or not await goes_on(client, one.json()["refresh_token"])


async def test_of_two_changes_at_once_one_is_made(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    changes = await asyncio.gather(*(change_password(client, answer, new=f"{NEW} {n}") for n in range(2)))
    assert sorted(one.status_code for one in changes) == [204, 422]


async def test_a_method_that_a_path_does_not_take_is_answered_with_those_that_it_does(
    client: httpx.AsyncClient,
) -> None:
    for path, allowed in (("/v1/me", "GET, PATCH"), ("/v1/auth/sessions", "DELETE, GET"), ("/v1/auth/login", "POST")):
        refused = await client.put(path, json={})
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
