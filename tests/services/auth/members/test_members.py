"""The people of a business: who sees them, who changes their roles, who removes them."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from libs.common.platform_tables import OutboxRow
from services.auth.context import AuthContext
from tests.services.auth.billing import Billing
from tests.services.auth.factories import PASSWORD
from tests.services.auth.members.people import (
    Someone,
    accept,
    change_role,
    invite,
    invited,
    joined,
    new_owner,
    people,
    refusal,
    remove,
)

FORBIDDEN, OWNERS_ONLY = (403, "forbidden"), (403, "owners_only")


async def told(context: AuthContext, business: Someone, event: str) -> list[dict[str, Any]]:
    """The bodies of the events of one type that the business has announced, in order."""
    query = select(OutboxRow.body).where(OutboxRow.type == event).order_by(OutboxRow.position)
    async with context.database.tenant_session(business.tenant_id) as session:
        return list(await session.scalars(query))


async def refresh(client: httpx.AsyncClient, whom: Someone) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": whom.refresh_token})


async def staff(client: httpx.AsyncClient, context: AuthContext, billing: Billing) -> dict[str, Someone]:
    """One person of each role."""
    owner = await new_owner(client)
    billing.allow(owner.tenant_id, 10)
    others = {role: await joined(client, context, owner, role=role) for role in ("admin", "member", "viewer")}
    return {"owner": owner, **others}


async def test_everybody_sees_everybody_and_managers_and_oneself_the_address(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    viewer = await joined(client, context, owner, role="viewer")
    seen = {}
    for who in (owner, viewer):
        items = (await client.get("/v1/members", headers=who.headers)).json()["items"]
        assert [(one["full_name"], one["role"]) for one in items] == [("Ada L", "owner"), ("Grace H", "viewer")]
        seen[who] = [one["email"] for one in items]
    assert seen == {owner: [owner.email, viewer.email], viewer: [None, viewer.email]}


async def test_the_list_comes_in_pages_in_the_order_of_joining(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    second, third = await joined(client, context, owner), await joined(client, context, owner)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/members", params=params, headers=owner.headers)).json()
        found += [item["user_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == [owner.user_id, second.user_id, third.user_id]


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("owner", {"admin": 200, "member": 200, "viewer": 200}),
        ("admin", {"owner": OWNERS_ONLY, "member": 200, "viewer": 200}),
        ("member", {"owner": FORBIDDEN, "admin": FORBIDDEN, "viewer": FORBIDDEN}),
        ("viewer", {"owner": FORBIDDEN, "admin": FORBIDDEN, "member": FORBIDDEN}),
    ],
)
async def test_who_may_change_and_remove_whom(
    client: httpx.AsyncClient, context: AuthContext, billing: Billing, actor: str, expected: dict[str, Any]
) -> None:
    by_role = await staff(client, context, billing)
    for role, wanted in expected.items():
        changed = await change_role(client, by_role[actor], by_role[role], "viewer")
        assert (changed.status_code if wanted == 200 else refusal(changed)) == wanted
        gone = await remove(client, by_role[actor], by_role[role])
        assert (gone.status_code if wanted == 200 else refusal(gone)) == (204 if wanted == 200 else wanted)
    assert refusal(await change_role(client, by_role["admin"], by_role["admin"], "owner")) in (
        OWNERS_ONLY,
        (404, "member_not_found"),
    )


async def test_only_an_owner_makes_an_owner_and_then_the_first_may_go(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    admin = await joined(client, context, owner, role="admin")
    assert refusal(await change_role(client, admin, admin, "owner")) == OWNERS_ONLY
    assert (await change_role(client, owner, admin, "owner")).json()["role"] == "owner"
    assert (await change_role(client, owner, owner, "member")).status_code == 200
    assert await people(client, owner) == {owner.user_id: "member", admin.user_id: "owner"}


async def test_the_last_owner_can_neither_leave_nor_be_made_less(client: httpx.AsyncClient) -> None:
    owner = await new_owner(client)
    last = (409, "last_owner")
    assert refusal(await change_role(client, owner, owner, "admin")) == last
    assert refusal(await remove(client, owner, owner)) == last
    assert refusal(await client.delete("/v1/members/me", headers=owner.headers)) == last
    assert await people(client, owner) == {owner.user_id: "owner"}


async def test_of_two_owners_who_leave_at_once_one_stays(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    other = await joined(client, context, owner)
    await change_role(client, owner, other, "owner")
    answers = await asyncio.gather(*(client.delete("/v1/members/me", headers=one.headers) for one in (owner, other)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_a_role_counts_for_managing_at_once_whatever_the_access_token_says(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    admin = await joined(client, context, owner, role="admin")
    await change_role(client, owner, admin, "viewer")
    assert refusal(await remove(client, admin, owner)) == FORBIDDEN
    assert refusal(await change_role(client, admin, admin, "admin")) == FORBIDDEN
    assert refusal(await invite(client, admin, "somebody@example.com")) == FORBIDDEN


async def test_a_new_role_comes_with_the_next_refresh(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    member = await joined(client, context, owner)
    await change_role(client, owner, member, "admin")
    fresh = (await refresh(client, member)).json()["access_token"]
    me = (await client.get("/v1/me", headers={"Authorization": f"Bearer {fresh}"})).json()
    assert (me["role"], "member:manage" in me["permissions"]) == ("admin", True)


async def test_who_is_removed_can_refresh_no_more_but_stays_in_other_businesses(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, person = await new_owner(client), await new_owner(client)
    token = await invited(client, context, owner, person.email)
    there = (await accept(client, token, password=PASSWORD)).json()
    assert (await remove(client, owner, person)).status_code == 204
    ended = await client.post("/v1/auth/refresh", json={"refresh_token": there["refresh_token"]})
    assert refusal(ended) == (401, "invalid_refresh_token")
    back = {"refresh_token": person.refresh_token, "tenant_id": str(owner.tenant_id)}
    assert (await client.post("/v1/auth/refresh", json=back)).status_code == 404
    assert (await refresh(client, person)).status_code == 200
    assert person.user_id not in await people(client, owner)


async def test_leaving_ends_the_session_here(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    viewer = await joined(client, context, owner, role="viewer")
    assert (await client.delete("/v1/members/me", headers=viewer.headers)).status_code == 204
    assert (await refresh(client, viewer)).status_code == 401
    assert (await client.get("/v1/me", headers=viewer.headers)).status_code == 401


async def test_the_people_of_another_business_do_not_exist(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner, stranger = await new_owner(client), await new_owner(client)
    member = await joined(client, context, owner)
    for whom in (owner, member):
        assert refusal(await change_role(client, stranger, whom, "viewer")) == (404, "member_not_found")
        assert refusal(await remove(client, stranger, whom)) == (404, "member_not_found")
    assert await people(client, stranger) == {stranger.user_id: "owner"}


async def test_every_change_is_announced_with_the_next_version_also_after_a_return(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    member = await joined(client, context, owner)
    await change_role(client, owner, member, "admin")
    await change_role(client, owner, member, "admin")
    await remove(client, owner, member)
    again = await accept(client, await invited(client, context, owner, member.email, role="viewer"))
    assert again.json()["user"]["id"] == member.user_id
    events = [one for one in await told(context, owner, "auth.member.changed.v1") if one["user_id"] == member.user_id]
    assert [(one["version"], one["role"], one["active"]) for one in events] == [
        (1, "member", True),
        (2, "admin", True),
        (3, "admin", False),
        (4, "viewer", True),
    ]
    used = await told(context, owner, "platform.usage.recorded.v1")
    assert [one["quantity"] for one in used] == [1, 1, -1, 1]


async def test_what_is_done_to_people_is_in_the_audit_log(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    member = await joined(client, context, owner)
    await change_role(client, owner, member, "viewer")
    await client.delete("/v1/members/me", headers=member.headers)
    audited = await told(context, owner, "platform.audit.recorded.v1")
    assert [(one["action"], one["actor"]) for one in audited] == [
        ("tenant.create", f"user:{owner.user_id}"),
        ("member.invite", f"user:{owner.user_id}"),
        ("member.join", f"user:{member.user_id}"),
        ("member.change_role", f"user:{owner.user_id}"),
        ("member.leave", f"user:{member.user_id}"),
    ]
