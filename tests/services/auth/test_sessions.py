"""Refresh tokens, switching business, signing out, and the keys that sign."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import update

from libs.common.ids import new_id
from libs.common.security.jose import VerifyingKey, key_id
from services.auth.accounts.models import Membership
from services.auth.context import AuthContext
from services.auth.sessions.models import RefreshToken
from services.auth.signing_keys.service import SigningKeys, rotate_if_due
from tests.services.auth.factories import sign_up
from tests.support.identities import bearer


async def _refresh(client: httpx.AsyncClient, token: str, **more: str) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": token, **more})


async def _age_used_tokens(context: AuthContext) -> None:
    async with context.database.platform_session() as session:
        long_ago = datetime.now(UTC) - timedelta(seconds=11)
        await session.execute(update(RefreshToken).where(RefreshToken.used_at.is_not(None)).values(used_at=long_ago))


async def test_a_refresh_token_is_exchanged_for_the_next(client: httpx.AsyncClient) -> None:
    first = (await sign_up(client))["refresh_token"]
    second = (await _refresh(client, first)).json()
    assert second["refresh_token"] != first
    assert (await client.get("/v1/me", headers=bearer(second["access_token"]))).status_code == 200
    assert (await _refresh(client, second["refresh_token"])).status_code == 200


async def test_two_tabs_that_refresh_at_once_get_the_same_token(client: httpx.AsyncClient) -> None:
    token = (await sign_up(client))["refresh_token"]
    answers = await asyncio.gather(*(_refresh(client, token) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_a_token_that_comes_again_later_ends_the_whole_session(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    stolen = (await sign_up(client))["refresh_token"]
    current = (await _refresh(client, stolen)).json()["refresh_token"]
    await _age_used_tokens(context)
    reused = await _refresh(client, stolen)
    assert (reused.status_code, reused.json()["code"]) == (401, "invalid_refresh_token")
    assert (await _refresh(client, current)).status_code == 401


async def test_an_unknown_or_expired_token_is_refused(client: httpx.AsyncClient, context: AuthContext) -> None:
    assert (await _refresh(client, "x" * 40)).status_code == 401
    token = (await sign_up(client))["refresh_token"]
    async with context.database.platform_session() as session:
        await session.execute(update(RefreshToken).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await _refresh(client, token)).status_code == 401


async def test_a_session_moves_to_another_business_of_the_same_person(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    mine, other = await sign_up(client), await sign_up(client, company="Other")
    other_id = UUID(other["tenant"]["id"])
    async with context.database.tenant_session(other_id) as session:
        session.add(
            Membership(
                tenant_id=other_id,
                id=new_id(),
                user_id=UUID(mine["user"]["id"]),
                role="viewer",
                version=1,
                created_at=datetime.now(UTC),
            )
        )
    switched = (await _refresh(client, mine["refresh_token"], tenant_id=str(other_id))).json()
    me = (await client.get("/v1/me", headers=bearer(switched["access_token"]))).json()
    assert (me["tenant"]["name"], me["role"]) == ("Other", "viewer")
    again = (await _refresh(client, switched["refresh_token"])).json()
    assert (await client.get("/v1/me", headers=bearer(again["access_token"]))).json()["tenant"]["name"] == "Other"


async def test_a_switch_to_a_strangers_business_is_not_found_and_costs_nothing(client: httpx.AsyncClient) -> None:
    mine, other = await sign_up(client), await sign_up(client)
    refused = await _refresh(client, mine["refresh_token"], tenant_id=other["tenant"]["id"])
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    unknown = await _refresh(client, mine["refresh_token"], tenant_id=str(new_id()))
    assert unknown.json()["detail"] == refused.json()["detail"]
    assert (await _refresh(client, mine["refresh_token"])).status_code == 200


async def test_signing_out_ends_the_session(client: httpx.AsyncClient) -> None:
    token = (await sign_up(client))["refresh_token"]
    for _ in range(2):
        assert (await client.post("/v1/auth/logout", json={"refresh_token": token})).status_code == 204
    assert (await _refresh(client, token)).status_code == 401


async def test_a_new_signing_key_is_published_before_it_signs(client: httpx.AsyncClient, context: AuthContext) -> None:
    before = await context.signing_keys.current()
    async with context.database.system_session() as session:
        assert await rotate_if_due(session, context.cipher, force=True)
    fresh = SigningKeys(context.database, context.cipher)
    kids = [key["kid"] for key in await fresh.jwks()]
    assert (await fresh.current()).kid == before.kid
    assert before.kid in kids
    assert len(kids) >= 2


async def test_every_token_can_be_verified_with_the_published_keys(client: httpx.AsyncClient) -> None:
    token = (await sign_up(client))["access_token"]
    keys = {key["kid"]: key for key in (await client.get("/.well-known/jwks.json")).json()["keys"]}
    claims = VerifyingKey(keys[key_id(token)]).claims(token)
    assert (claims["aud"], claims["typ"], claims["role"]) == ("stackpro", "access", "owner")
    assert all("d" not in key for key in keys.values())


async def test_the_database_holds_no_private_key_and_no_token_in_plain(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    answer = await sign_up(client)
    async with context.database.system_session() as session:
        connection = await session.connection()
        rows = (await connection.exec_driver_sql("SELECT encrypted_private_key FROM signing_key")).scalars().all()
        tokens = (await connection.exec_driver_sql("SELECT token_hash FROM refresh_token")).scalars().all()
    assert rows
    assert all(b"PRIVATE KEY" not in row for row in rows)
    assert answer["refresh_token"].encode() not in tokens
