"""Where a person is signed in, and signing out there."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from libs.common.audit import AuditRecorded
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from services.auth.context import AuthContext
from tests.services.auth.factories import PASSWORD, sign_up
from tests.support.identities import bearer


async def sign_in(client: httpx.AsyncClient, email: str, **headers: str) -> dict[str, Any]:
    response = await client.post("/v1/auth/login", json={"email": email, "password": PASSWORD}, headers=headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def sessions(client: httpx.AsyncClient, answer: dict[str, Any]) -> list[dict[str, Any]]:
    response = await client.get("/v1/auth/sessions", headers=bearer(answer["access_token"]))
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def goes_on(client: httpx.AsyncClient, answer: dict[str, Any]) -> bool:
    response = await client.post("/v1/auth/refresh", json={"refresh_token": answer["refresh_token"]})
    return response.status_code == 200


async def audited(context: AuthContext, tenant_id: str) -> list[str]:
    async with context.database.tenant_session(UUID(tenant_id)) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.type == AuditRecorded.type))
        return [row.body["action"] for row in rows]


async def test_a_person_sees_where_they_are_signed_in_the_last_used_first(client: httpx.AsyncClient) -> None:
    first = await sign_up(client)
    second = await sign_in(client, first["user"]["email"], **{"User-Agent": "Firefox on a telephone"})
    here, there = await sessions(client, second)
    assert (here["current"], here["user_agent"]) == (True, "Firefox on a telephone")
    assert (there["current"], there["user_agent"].startswith("python-httpx")) == (False, True)
    assert here["created_at"] <= here["last_used_at"]
    assert [one["current"] for one in await sessions(client, first)] == [False, True]


@pytest.mark.parametrize(("sent", "kept"), [("x" * 300, "x" * 256), ("", None), ("a\tb", "ab")])
async def test_a_user_agent_is_kept_short_and_readable(client: httpx.AsyncClient, sent: str, kept: str | None) -> None:
    email = (await sign_up(client))["user"]["email"]
    here = (await sessions(client, await sign_in(client, email, **{"User-Agent": sent})))[0]
    assert here["user_agent"] == kept


async def test_one_session_is_ended_and_the_others_go_on(client: httpx.AsyncClient, context: AuthContext) -> None:
    first = await sign_up(client)
    second = await sign_in(client, first["user"]["email"])
    [other] = [one["id"] for one in await sessions(client, first) if not one["current"]]
    for _ in range(2):
        ended = await client.delete(f"/v1/auth/sessions/{other}", headers=bearer(first["access_token"]))
        assert ended.status_code == 204
    assert [one["current"] for one in await sessions(client, first)] == [True]
    assert not await goes_on(client, second)
    assert await goes_on(client, first)
    assert (await audited(context, first["tenant"]["id"])).count("session.end") == 1


async def test_signing_out_everywhere_ends_every_session_this_one_too(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    first, stranger = await sign_up(client), await sign_up(client)
    second = await sign_in(client, first["user"]["email"])
    ended = await client.delete("/v1/auth/sessions", headers=bearer(first["access_token"]))
    assert ended.status_code == 204
    assert [await goes_on(client, one) for one in (first, second, stranger)] == [False, False, True]
    assert "session.end_all" in await audited(context, first["tenant"]["id"])


async def test_anothers_session_is_not_found_and_not_ended(client: httpx.AsyncClient) -> None:
    mine, other = await sign_up(client), await sign_up(client)
    [foreign] = await sessions(client, other)
    refused = await client.delete(f"/v1/auth/sessions/{foreign['id']}", headers=bearer(mine["access_token"]))
    unknown = await client.delete(f"/v1/auth/sessions/{new_id()}", headers=bearer(mine["access_token"]))
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert refused.json()["detail"] == unknown.json()["detail"]
    assert await goes_on(client, other)
    assert foreign["id"] not in {one["id"] for one in await sessions(client, mine)}
