"""Signing up and signing in, over HTTP."""

import asyncio
import time
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.platform_tables import OutboxRow
from services.auth.accounts.service import NewAccount
from services.auth.context import AuthContext
from services.auth.mails.models import OutgoingMail
from tests.services.auth.factories import PASSWORD, sign_up, sign_up_body
from tests.support.identities import as_service, bearer


async def test_signing_up_makes_user_tenant_and_session(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client, email="Ada.Sign.Up@Example.com")
    assert answer["user"]["email"] == "ada.sign.up@example.com"
    assert answer["tenant"]["slug"].startswith("backer-sohne-")
    assert answer["token_type"] == "Bearer"
    me = (await client.get("/v1/me", headers=bearer(answer["access_token"]))).json()
    assert (me["role"], me["tenant"]["name"]) == ("owner", "Bäcker & Söhne")
    assert "billing:manage" in me["permissions"]
    assert [one["role"] for one in me["memberships"]] == ["owner"]


async def test_the_tenant_is_announced_in_the_same_transaction(client: httpx.AsyncClient, context: AuthContext) -> None:
    tenant_id = UUID((await sign_up(client))["tenant"]["id"])
    async with context.database.tenant_session(tenant_id) as session:
        types = (await session.scalars(select(OutboxRow.type))).all()
    assert sorted(types) == [
        "auth.member.changed.v1",
        "auth.tenant.created.v1",
        "platform.audit.recorded.v1",
        "platform.usage.recorded.v1",
    ]


async def test_a_sign_up_that_dies_before_its_commit_leaves_nothing(context: AuthContext) -> None:
    body = sign_up_body()
    account = NewAccount(email=body["email"], password=PASSWORD, full_name="Ada", company="Left Nothing", plan="trial")
    configure_failpoints("database.commit.before:2:raise")
    try:
        with pytest.raises(FailpointReached):
            await context.accounts.sign_up(account)
    finally:
        configure_failpoints("")
    assert (await context.accounts.sign_up(account)).tenant.name == "Left Nothing"


async def test_a_taken_address_is_told_and_its_owner_gets_a_mail(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    answer = await sign_up(client)
    response = await client.post("/v1/auth/signup", json=sign_up_body(email=answer["user"]["email"]))
    assert (response.status_code, response.json()["code"]) == (409, "email_taken")
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/email", "email_taken")]
    async with context.database.platform_session() as session:
        mails = (
            await session.scalars(select(OutgoingMail).where(OutgoingMail.user_id == UUID(answer["user"]["id"])))
        ).all()
    assert [mail.kind for mail in mails] == ["email_taken"]


async def test_the_same_address_many_times_at_once_makes_one_account(client: httpx.AsyncClient) -> None:
    body = sign_up_body()
    answers = await asyncio.gather(*(client.post("/v1/auth/signup", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_tries_with_one_address_are_limited(client: httpx.AsyncClient) -> None:
    body = sign_up_body()
    for _ in range(5):
        await client.post("/v1/auth/signup", json=body)
    response = await client.post("/v1/auth/signup", json=body)
    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("password", "code", "params"),
    [
        ("short", "password_too_short", {"min_length": 10}),
        ("aaaaaaaaaaaaaaaa", "password_repetitive", {"min_length": 10}),
        ("password123456", "password_common", {"min_length": 10}),
        ("Bäcker & Söhne1", "password_personal", {"min_length": 10, "field": "company"}),
        ("ada lovelace 1", "password_personal", {"min_length": 10, "field": "full_name"}),
        ("1ada.grace@example.com", "password_personal", {"min_length": 10, "field": "email"}),
        ("x-ada.grace-1", "password_personal", {"min_length": 10, "field": "email"}),
    ],
)
async def test_a_weak_password_is_refused_at_its_field_with_the_reason(
    client: httpx.AsyncClient, password: str, code: str, params: dict[str, object]
) -> None:
    body = sign_up_body(password=password, email="ada.grace@example.com", full_name="Ada Lovelace")
    response = await client.post("/v1/auth/signup", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "weak_password")
    [error] = response.json()["errors"]
    assert (error["pointer"], error["code"], error["params"]) == ("/password", code, params)
    assert error["message"] == response.json()["detail"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"email": 5}, "/email", "string_type"),
        ({"email": "nobody"}, "/email", "email_invalid"),
        ({"email": "Ada <ada@example.com>"}, "/email", "email_invalid"),
        ({"email": "ada@localhost"}, "/email", "email_invalid"),
        ({"email": "ä@example.com"}, "/email", "email_invalid"),
        ({"company": ""}, "/company", "string_too_short"),
        ({"company": "x" * 121}, "/company", "string_too_long"),
        ({"company": "<script>"}, "/company", "characters_refused"),
        ({"locale": "fr"}, "/locale", "locale_unknown"),
        ({"password": "x" * 257}, "/password", "too_long"),
        ({"colour": "red"}, "/colour", "extra_forbidden"),
    ],
)
async def test_a_wrong_field_is_refused_by_pointer_and_code(
    client: httpx.AsyncClient, change: dict[str, object], pointer: str, code: str
) -> None:
    response = await client.post("/v1/auth/signup", json=sign_up_body(**change))
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]
    assert PASSWORD not in response.text


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/auth/signup", json={"email": "ada@example.com"})
    codes = {one["pointer"]: one["code"] for one in response.json()["errors"]}
    assert codes == {"/password": "missing", "/full_name": "missing", "/company": "missing"}


async def test_signing_in_opens_a_session(client: httpx.AsyncClient) -> None:
    email = (await sign_up(client))["user"]["email"]
    response = await client.post("/v1/auth/login", json={"email": email.upper(), "password": PASSWORD})
    assert response.status_code == 200
    assert (await client.get("/v1/me", headers=bearer(response.json()["access_token"]))).status_code == 200


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: httpx.AsyncClient) -> None:
    known = (await sign_up(client))["user"]["email"]
    answers, seconds = [], []
    for email in (known, sign_up_body()["email"]):
        started = time.monotonic()
        response = await client.post("/v1/auth/login", json={"email": email, "password": "wrong horse"})
        seconds.append(time.monotonic() - started)
        answers.append({key: value for key, value in response.json().items() if key != "request_id"})
        assert response.status_code == 401
    assert answers[0] == answers[1]
    assert min(seconds) > 0.01  # both verified a hash


async def test_wrong_passwords_lock_the_address_for_a_while(client: httpx.AsyncClient) -> None:
    email = (await sign_up(client))["user"]["email"]
    for _ in range(10):
        await client.post("/v1/auth/login", json={"email": email, "password": "wrong horse"})
    response = await client.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")


async def test_billing_may_ask_for_the_owners_address_and_the_gateway_may_not(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    path = f"/internal/tenants/{answer['tenant']['id']}/owner-contact"
    contact = (await client.get(path, headers=as_service("billing", to="auth"))).json()
    assert contact["email"] == answer["user"]["email"]
    assert (await client.get(path, headers=as_service("gateway", to="auth"))).status_code == 403
    assert (await client.get(path, headers=bearer(answer["access_token"]))).status_code == 401
