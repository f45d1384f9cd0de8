"""Sessions of the web app: a cookie that only its pages can set or use, and that no answer shows."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, update

from services.auth.accounts.models import UserAccount
from services.auth.context import AuthContext
from services.auth.sessions.models import RefreshToken, UserSession
from tests.services.auth.factories import (
    COOKIE,
    FROM_THE_WEB_APP,
    PASSWORD,
    WEB_APP_IN_PRODUCTION,
    sign_up,
    sign_up_body,
    sign_up_in_browser,
)
from tests.support.identities import bearer

FORGED: dict[str, Mapping[str, str]] = {
    "no header": {"Origin": FROM_THE_WEB_APP["Origin"]},
    "another value": {**FROM_THE_WEB_APP, "X-CSRF-Protection": "0"},
    "no origin": {"X-CSRF-Protection": "1"},
    "null origin": {**FROM_THE_WEB_APP, "Origin": "null"},
    "foreign origin": {**FROM_THE_WEB_APP, "Origin": "https://evil.example"},
    "longer origin": {**FROM_THE_WEB_APP, "Origin": FROM_THE_WEB_APP["Origin"] + ".evil.example"},
    "other scheme": {**FROM_THE_WEB_APP, "Origin": FROM_THE_WEB_APP["Origin"].replace("http:", "https:")},
    "other port": {**FROM_THE_WEB_APP, "Origin": "http://127.0.0.1:3001"},
}
by_forgery = pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())


def cookie_of(response: httpx.Response) -> Morsel[str]:
    """The session cookie that an answer sets, once."""
    [line] = response.headers.get_list("set-cookie")
    return SimpleCookie(line)[COOKIE]


async def refresh(client: httpx.AsyncClient, cookie: str | None = None) -> httpx.Response:
    """Renews by the given cookie, or by the client's jar."""
    headers = FROM_THE_WEB_APP if cookie is None else {**FROM_THE_WEB_APP, "Cookie": cookie}
    return await client.post("/v1/auth/refresh", json={}, headers=headers)


def jar_of(client: httpx.AsyncClient) -> str:
    return f"{COOKIE}={client.cookies[COOKIE]}"


async def count_sessions(context: AuthContext, user_id: str) -> int:
    async with context.database.platform_session() as session:
        live = UserSession.user_id == UUID(user_id), UserSession.revoked_at.is_(None)
        return await session.scalar(select(func.count()).where(*live)) or 0


async def test_signing_up_and_in_by_cookie_shows_the_refresh_token_to_no_script(client: httpx.AsyncClient) -> None:
    body = sign_up_body(session="cookie")
    up = await client.post("/v1/auth/signup", json=body, headers=FROM_THE_WEB_APP)
    credentials = {"email": body["email"], "password": PASSWORD, "session": "cookie"}
    signed_in = await client.post("/v1/auth/login", json=credentials, headers=FROM_THE_WEB_APP)
    renewed = await refresh(client)
    for response in (up, signed_in, renewed):
        cookie = cookie_of(response)
        assert response.is_success, response.text
        assert response.json()["refresh_token"] is None
        assert cookie.value not in response.text
        assert response.json()["access_token"] not in response.headers["set-cookie"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/v1/auth")
        assert (cookie["max-age"], cookie["secure"], cookie["domain"]) == ("2592000", "", "")
        assert response.headers["cache-control"] == "no-store"


async def test_the_cookie_is_secure_where_the_web_app_is(client: httpx.AsyncClient) -> None:
    headers = {**FROM_THE_WEB_APP, "Origin": WEB_APP_IN_PRODUCTION}
    response = await client.post("/v1/auth/signup", json=sign_up_body(session="cookie"), headers=headers)
    assert cookie_of(response)["secure"] is True


async def test_other_programs_get_the_token_in_the_answer_and_no_cookie(client: httpx.AsyncClient) -> None:
    answer = await sign_up(client)
    renewed = await client.post("/v1/auth/refresh", json={"refresh_token": answer["refresh_token"]})
    assert renewed.json()["refresh_token"]
    assert not client.cookies


async def test_tabs_that_refresh_at_once_stay_signed_in_as_one_family(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    user_id = (await sign_up_in_browser(client))["user"]["id"]
    cookie = jar_of(client)
    answers = await asyncio.gather(*(refresh(client, cookie) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    [child] = {cookie_of(answer).value for answer in answers}
    for answer in answers:
        assert (await client.get("/v1/me", headers=bearer(answer.json()["access_token"]))).status_code == 200
    assert await count_sessions(context, user_id) == 1
    assert (await refresh(client, f"{COOKIE}={child}")).status_code == 200


async def test_a_stolen_cookie_that_comes_again_ends_the_family(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    user_id = (await sign_up_in_browser(client))["user"]["id"]
    stolen = jar_of(client)
    assert (await refresh(client)).status_code == 200
    async with context.database.platform_session() as session:
        long_ago = datetime.now(UTC) - timedelta(seconds=11)
        await session.execute(update(RefreshToken).where(RefreshToken.used_at.is_not(None)).values(used_at=long_ago))
    reused = await refresh(client, stolen)
    assert (reused.status_code, reused.json()["code"]) == (401, "invalid_refresh_token")
    assert "set-cookie" not in reused.headers  # another tab may have signed in meanwhile
    assert (await refresh(client)).status_code == 401
    assert await count_sessions(context, user_id) == 0


@by_forgery
async def test_a_forged_request_neither_uses_the_cookie_nor_ends_its_session(
    client: httpx.AsyncClient, headers: Mapping[str, str]
) -> None:
    await sign_up_in_browser(client)
    before = jar_of(client)
    for path in ("/v1/auth/refresh", "/v1/auth/logout"):
        refused = await client.post(path, json={}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")
        assert "set-cookie" not in refused.headers
    assert jar_of(client) == before
    assert (await refresh(client)).status_code == 200


@by_forgery
async def test_a_forged_request_signs_nobody_up_or_in(
    client: httpx.AsyncClient, context: AuthContext, headers: Mapping[str, str]
) -> None:
    answer, stranger = await sign_up(client), sign_up_body(session="cookie")
    email = answer["user"]["email"]
    credentials = {"email": email, "password": PASSWORD, "session": "cookie"}
    for path, body in (("/v1/auth/login", credentials), ("/v1/auth/signup", stranger)):
        refused = await client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")
        assert "set-cookie" not in refused.headers
    assert await count_sessions(context, answer["user"]["id"]) == 1
    async with context.database.platform_session() as session:
        assert await session.scalar(select(UserAccount).where(UserAccount.email == stranger["email"])) is None


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
async def test_what_a_form_can_send_does_nothing(client: httpx.AsyncClient, kind: str) -> None:
    await sign_up_in_browser(client)
    for headers in (FROM_THE_WEB_APP, {"Origin": FROM_THE_WEB_APP["Origin"]}):
        for path in ("/v1/auth/logout", "/v1/auth/refresh"):
            refused = await client.post(path, content=b"{}", headers={**headers, "Content-Type": kind})
            assert refused.status_code in {403, 422}, refused.text
            assert "set-cookie" not in refused.headers
    assert (await refresh(client)).status_code == 200


async def test_two_cookies_of_that_name_are_refused(client: httpx.AsyncClient) -> None:
    await sign_up_in_browser(client)
    own = jar_of(client)
    for cookie in (f"{own}; {own}", f"{COOKIE}=; {own}", f"other=1; {own};{COOKIE}={'x' * 40}"):
        refused = await refresh(client, cookie)
        assert (refused.status_code, refused.json()["code"]) == (400, "ambiguous_cookie")
    assert (await refresh(client, f"theme=dark; {own}; x_{own}")).status_code == 200


@pytest.mark.parametrize("value", ["", "short", '"{}"', "{} ", "{}%20", "{},a", "x" * 300])
async def test_a_cookie_that_is_none_of_ours_is_refused_unread(client: httpx.AsyncClient, value: str) -> None:
    await sign_up_in_browser(client)
    refused = await refresh(client, f"{COOKIE}={value.format(client.cookies[COOKIE])}x")
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")


async def test_signing_out_ends_the_session_and_clears_the_cookie(client: httpx.AsyncClient) -> None:
    await sign_up_in_browser(client)
    cookie = jar_of(client)
    answer = await client.post("/v1/auth/logout", json={}, headers=FROM_THE_WEB_APP)
    cleared = cookie_of(answer)
    assert (answer.status_code, cleared.value, cleared["max-age"], cleared["path"]) == (204, "", "0", "/v1/auth")
    assert COOKIE not in client.cookies
    assert (await refresh(client, cookie)).status_code == 401
    assert (await client.post("/v1/auth/logout", json={}, headers=FROM_THE_WEB_APP)).status_code == 204


async def test_a_token_in_the_body_leaves_the_cookie_alone(client: httpx.AsyncClient) -> None:
    token = (await sign_up(client))["refresh_token"]
    await sign_up_in_browser(client)
    before = jar_of(client)
    renewed = await client.post("/v1/auth/refresh", json={"refresh_token": token})
    ended = await client.post("/v1/auth/logout", json={"refresh_token": renewed.json()["refresh_token"]})
    assert (renewed.status_code, ended.status_code) == (200, 204)
    assert "set-cookie" not in {*renewed.headers, *ended.headers}
    assert jar_of(client) == before
    assert (await refresh(client)).status_code == 200
