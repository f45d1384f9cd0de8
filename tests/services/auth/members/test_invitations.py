"""Inviting people, and what a link is good for."""

import asyncio
import time
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from libs.common.access_mode import apply_access_change
from libs.common.problems import SuspendedTenant
from libs.contracts.billing import TenantAccessChanged
from services.auth.base import Base
from services.auth.context import AuthContext
from services.auth.invitations.acceptance import Acceptance
from services.auth.invitations.models import Invitation
from services.auth.mails.models import OutgoingMail
from tests.services.auth.billing import Billing
from tests.services.auth.factories import COOKIE, FROM_THE_WEB_APP, PASSWORD
from tests.services.auth.members.people import (
    NEW_PASSWORD,
    Someone,
    accept,
    invite,
    invited,
    joined,
    look,
    new_address,
    new_owner,
    people,
    refusal,
    remove,
    someone,
)
from tests.services.auth.post import send_due
from tests.support.purges import days_ago, purge_table

NOT_VALID = (404, "invitation_not_valid")
LIMIT = (409, "limit_reached")


async def open_invitations(client: httpx.AsyncClient, by: Someone) -> list[str]:
    answer = await client.get("/v1/members/invitations", headers=by.headers)
    return [item["email"] for item in answer.json()["items"]]


async def test_the_mail_has_a_link_whose_token_reaches_no_log(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner, email = await new_owner(client, company="Bäcker & Söhne"), new_address()
    token = await invited(client, context, owner, email)
    [mail] = [mail for mail in await send_due(context) if mail.to == (email,)]
    assert mail.subject == "Ada L invites you to Bäcker & Söhne on StackPro"
    assert f"http://web.example/invitation/#{token}\n" in mail.text


async def test_the_mail_and_its_page_are_in_the_language_of_the_business(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, email = await new_owner(client, locale="de-AT"), new_address()
    token = await invited(client, context, owner, email)
    [mail] = [mail for mail in await send_due(context) if mail.to == (email,)]
    assert mail.subject == "Ada L lädt Sie zu Bäcker & Söhne bei StackPro ein"
    assert f"http://web.example/de/invitation/#{token}\n" in mail.text


async def test_the_database_never_holds_the_token(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    token = await invited(client, context, owner)
    async with context.database.system_session() as session:
        mails = (await session.scalars(select(OutgoingMail.parameters).where(OutgoingMail.user_id.is_(None)))).all()
        hashes = (await session.scalars(select(Invitation.token_hash))).all()
    assert mails
    assert token not in str(mails)
    assert token.encode() not in hashes


async def test_a_withdrawn_invitation_is_not_mailed(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner, email = await new_owner(client), new_address()
    invitation_id = (await invite(client, owner, email)).json()["id"]
    await client.delete(f"/v1/members/invitations/{invitation_id}", headers=owner.headers)
    assert [mail for mail in await send_due(context) if mail.to == (email,)] == []


async def test_a_new_person_looks_accepts_and_is_signed_in(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner, email = await new_owner(client), new_address()
    token = await invited(client, context, owner, email.upper(), role="admin")
    assert (await look(client, token)).json() == {
        "company": "Bäcker & Söhne",
        "email": email,
        "role": "admin",
        "needs_account": True,
    }
    answer = (await accept(client, token, locale="de")).json()
    assert (answer["user"]["email"], answer["user"]["full_name"], answer["user"]["locale"]) == (email, "Grace H", "de")
    grace = someone(answer)
    me = (await client.get("/v1/me", headers=grace.headers)).json()
    assert (me["role"], me["tenant"]["id"]) == ("admin", str(owner.tenant_id))
    assert await people(client, owner) == {owner.user_id: "owner", grace.user_id: "admin"}
    assert await open_invitations(client, owner) == []
    assert (await client.post("/v1/auth/login", json={"email": email, "password": NEW_PASSWORD})).status_code == 200


async def test_a_person_with_an_account_joins_by_their_password_and_keeps_their_name(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, person = await new_owner(client), await new_owner(client, full_name="Grace H")
    token = await invited(client, context, owner, person.email)
    assert (await look(client, token)).json()["needs_account"] is False
    assert refusal(await accept(client, token, password=NEW_PASSWORD)) == (401, "wrong_credentials")
    answer = (await accept(client, token, password=PASSWORD, full_name=None)).json()
    assert (answer["user"]["id"], answer["user"]["full_name"]) == (person.user_id, "Grace H")
    me = (await client.get("/v1/me", headers=someone(answer).headers)).json()
    assert [one["role"] for one in me["memberships"]] == ["owner", "member"]
    assert me["tenant"]["id"] == str(owner.tenant_id)


async def test_a_browser_gets_its_session_as_a_cookie(client: httpx.AsyncClient, context: AuthContext) -> None:
    token = await invited(client, context, await new_owner(client))
    refused = await accept(client, token, session="cookie")
    assert refusal(refused) == (403, "csrf_refused")
    body = {"token": token, "password": NEW_PASSWORD, "full_name": "Grace H", "session": "cookie"}
    answer = await client.post("/v1/auth/invitations/accept", json=body, headers=FROM_THE_WEB_APP)
    assert (answer.status_code, answer.json()["refresh_token"]) == (201, None)
    assert COOKIE in answer.cookies


async def test_a_new_account_needs_a_name_and_a_good_password(client: httpx.AsyncClient, context: AuthContext) -> None:
    token = await invited(client, context, await new_owner(client))
    nameless = await accept(client, token, full_name=None)
    assert refusal(nameless) == (422, "full_name_missing")
    assert nameless.json()["errors"][0]["pointer"] == "/full_name"
    weak = await accept(client, token, password="Bäcker & Söhne1")
    assert (refusal(weak), weak.json()["errors"][0]["code"]) == ((422, "weak_password"), "password_personal")
    assert (await accept(client, token)).status_code == 201


async def test_a_member_cannot_be_invited_again(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    member = await joined(client, context, owner)
    for email in (owner.email, member.email.upper()):
        refused = await invite(client, owner, email)
        assert refusal(refused) == (409, "already_member")
        assert refused.json()["errors"][0]["pointer"] == "/email"


async def test_inviting_again_replaces_the_link(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner, email = await new_owner(client), new_address()
    first = await invited(client, context, owner, email)
    second = await invited(client, context, owner, email, role="viewer")
    assert await open_invitations(client, owner) == [email]
    assert refusal(await look(client, first)) == refusal(await accept(client, first)) == NOT_VALID
    assert (await accept(client, second)).status_code == 201


async def test_every_link_that_is_not_good_is_answered_alike_and_as_late(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, known = await new_owner(client), await new_owner(client)
    forged = "Wk2pVt9sQz4xYc7bNf1mLr6dHg8jTa3eUo5iKs0wEvM"
    used = await invited(client, context, owner)
    await accept(client, used)
    expired = await invited(client, context, owner, known.email)
    async with context.database.system_session() as session:
        mine = Invitation.tenant_id == owner.tenant_id, Invitation.email == known.email
        await session.execute(update(Invitation).where(*mine).values(expires_at=days_ago(0)))
    assert await open_invitations(client, owner) == []
    withdrawn_id = (await invite(client, owner, new_address())).json()["id"]
    withdrawn = context.invitation_tokens.of(UUID(withdrawn_id))
    for _ in range(2):  # what is void stays so
        gone = await client.delete(f"/v1/members/invitations/{withdrawn_id}", headers=owner.headers)
        assert gone.status_code == 204
    bodies = set()
    for token in (forged, used, expired, withdrawn):
        assert refusal(await look(client, token)) == NOT_VALID
        started = time.monotonic()
        answer = await accept(client, token)
        assert time.monotonic() - started >= 0.25
        bodies.add(str({name: value for name, value in answer.json().items() if name != "request_id"}))
    assert len(bodies) == 1
    assert "invitation_not_valid" in bodies.pop()


async def test_an_invitation_of_another_business_cannot_be_withdrawn(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, stranger, email = await new_owner(client), await new_owner(client), new_address()
    invitation_id = (await invite(client, owner, email)).json()["id"]
    refused = await client.delete(f"/v1/members/invitations/{invitation_id}", headers=stranger.headers)
    assert refusal(refused) == NOT_VALID
    assert await open_invitations(client, stranger) == []
    assert await open_invitations(client, owner) == [email]


async def test_one_token_accepted_many_times_at_once_makes_one_member(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    token = await invited(client, context, owner)
    answers = await asyncio.gather(*(accept(client, token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    assert len(await people(client, owner)) == 2


async def test_members_and_open_invitations_share_the_plans_limit(
    client: httpx.AsyncClient, context: AuthContext, billing: Billing
) -> None:
    owner = await new_owner(client)
    await joined(client, context, owner)
    third = (await invite(client, owner, new_address())).json()
    refused = await invite(client, owner, new_address())
    assert refusal(refused) == LIMIT
    named = {name: refused.json()[name] for name in ("entitlement", "limit", "used", "upgrade_url")}
    assert named == {"entitlement": "users", "limit": 3, "used": 3, "upgrade_url": "http://web.example/plans/"}
    assert (await invite(client, owner, third["email"])).status_code == 201, "the same place, a new link"
    seats = (await client.get("/v1/members/seats", headers=owner.headers)).json()
    assert seats == {"members": 2, "invitations": 1, "limit": 3}
    billing.allow(owner.tenant_id, None)
    assert (await invite(client, owner, new_address())).status_code == 201


async def test_invitations_at_once_do_not_pass_the_limit(client: httpx.AsyncClient) -> None:
    owner = await new_owner(client)
    answers = await asyncio.gather(*(invite(client, owner, new_address()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


async def test_after_a_change_to_a_smaller_plan_only_those_join_for_whom_there_is_room(
    client: httpx.AsyncClient, context: AuthContext, billing: Billing
) -> None:
    owner = await new_owner(client)
    first, second = await invited(client, context, owner), await invited(client, context, owner)
    billing.allow(owner.tenant_id, 2)
    assert (await accept(client, first)).status_code == 201
    assert refusal(await accept(client, second)) == LIMIT
    billing.allow(owner.tenant_id, 3)
    assert (await accept(client, second)).status_code == 201, "the refused link is still good"


async def test_nobody_joins_a_suspended_business(client: httpx.AsyncClient, context: AuthContext) -> None:
    owner = await new_owner(client)
    token = await invited(client, context, owner)
    async with context.database.tenant_session(owner.tenant_id) as session:
        await apply_access_change(session, TenantAccessChanged(tenant_id=owner.tenant_id, mode="suspended", version=1))
    acceptance = Acceptance(token=token, password=NEW_PASSWORD, full_name="Grace H", locale="en", user_agent=None)
    with pytest.raises(SuspendedTenant):
        await context.invited_people.accept(acceptance)
    assert (await look(client, token)).status_code == 200


async def test_an_address_is_not_invited_without_end(client: httpx.AsyncClient) -> None:
    owner, email = await new_owner(client), new_address()
    answers = [(await invite(client, owner, email)).status_code for _ in range(6)]
    assert answers == [201] * 5 + [429]


async def test_wrong_passwords_at_a_link_count_as_those_of_signing_in(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, person = await new_owner(client), await new_owner(client)
    token = await invited(client, context, owner, person.email)
    await asyncio.gather(*(accept(client, token, password=NEW_PASSWORD) for _ in range(10)))
    assert refusal(await accept(client, token, password=PASSWORD)) == (429, "rate_limited")


async def test_an_owner_cannot_be_invited_and_members_cannot_invite(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner = await new_owner(client)
    assert (await invite(client, owner, new_address(), role="owner")).status_code == 422
    member = await joined(client, context, owner)
    assert refusal(await invite(client, member, new_address())) == (403, "forbidden")
    assert (await client.get("/v1/members/invitations", headers=member.headers)).status_code == 403
    await remove(client, owner, member)


async def test_invitations_are_forgotten_a_day_after_they_expired(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    owner, old, new = await new_owner(client), new_address(), new_address()
    await invite(client, owner, old)
    await invite(client, owner, new)
    async with context.database.system_session() as session:
        await session.execute(update(Invitation).where(Invitation.email == old).values(expires_at=days_ago(1.1)))
    await purge_table(context.database, Base.metadata, "invitation")
    async with context.database.tenant_session(owner.tenant_id) as session:
        assert list(await session.scalars(select(Invitation.email))) == [new]
