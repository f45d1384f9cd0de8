"""Conversations: opened once, found by who takes part, renamed and archived by their admins."""

import asyncio
from typing import Any

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from tests.services.messaging.people import Team, opened_team
from tests.services.messaging.world import Business, join_business, new_business


async def test_two_people_have_one_direct_conversation_whoever_opens_it(team: Team) -> None:
    body = {"kind": "direct", "member_ids": [str(team[1].id)]}
    first = await team[0].call("POST", "", body)
    again = await team[0].call("POST", "", body)
    other = await team[1].call("POST", "", {"kind": "direct", "member_ids": [str(team[0].id)]})

    assert [one.status_code for one in (first, again, other)] == [201, 200, 200]
    assert len({one.json()["id"] for one in (first, again, other)}) == 1
    assert {first.json()["role"], other.json()["role"]} == {"member"}
    assert (await team[2].refused("GET", f"/{first.json()['id']}")) == (404, "conversation_not_found")


async def test_two_who_open_a_direct_conversation_at_the_same_moment_get_the_same(team: Team) -> None:
    bodies = [{"kind": "direct", "member_ids": [str(team[1 - one % 2].id)]} for one in range(6)]
    answers = await asyncio.gather(*(team[one % 2].call("POST", "", body) for one, body in enumerate(bodies)))

    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert len(await team[0].members(answers[0].json())) == 2


async def test_a_group_has_a_title_and_its_maker_is_its_admin(team: Team) -> None:
    group = await team[0].group(team[1], title="Frühlingskarte")

    assert (group["kind"], group["title"], group["role"]) == ("group", "Frühlingskarte", "admin")
    assert group["member_ids"] == [str(team[0].id), str(team[1].id)] or group["member_count"] == 2
    assert (await team[1].look(group))["role"] == "member"
    assert (await team[2].refused("GET", f"/{group['id']}"))[0] == 404


async def test_a_group_is_made_once_for_an_idempotency_key(team: Team) -> None:
    body, key = {"kind": "group", "title": "Once"}, {"Idempotency-Key": new_id().hex}
    first, again = [await team[0].client.post("/v1/conversations", json=body, headers=key) for _ in range(2)]

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_support_takes_in_every_owner_and_admin_of_the_business(
    messaging: MessagingContext, business: Business, team: Team
) -> None:
    admin, former = new_id(), new_id()
    await join_business(messaging, business.id, admin, role="admin")
    await join_business(messaging, business.id, former, role="admin", active=False)

    support = await team[1].opened(kind="support", title="The printer")

    assert await team[1].members(support) == {str(team[0].id): "admin", str(admin): "admin", str(team[1].id): "member"}


async def test_only_people_of_the_business_are_invited_and_the_wrong_one_is_pointed_at(
    messaging: MessagingContext, team: Team
) -> None:
    former, stranger = new_id(), (await new_business(messaging)).people[0]
    await join_business(messaging, team.tenant_id, former, active=False)
    for wrong in (former, stranger, new_id()):
        body = {"kind": "group", "title": "Too many", "member_ids": [str(team[1].id), str(wrong)]}
        answer = await team[0].call("POST", "", body)
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/member_ids/1"]
    assert await team[0].listed() == []


async def test_a_conversation_that_does_not_fit_its_kind_is_refused_by_field(team: Team) -> None:
    me, other = str(team[0].id), str(team[1].id)
    for body, pointer in (
        ({"kind": "group"}, "/title"),
        ({"kind": "group", "title": "  "}, "/title"),
        ({"kind": "direct"}, "/member_ids"),
        ({"kind": "direct", "member_ids": [me]}, "/member_ids"),
        ({"kind": "direct", "member_ids": [other, str(team[2].id)]}, "/member_ids"),
        ({"kind": "direct", "member_ids": [other], "title": "No"}, "/title"),
        ({"kind": "direct", "member_ids": [other], "open": True}, "/open"),
        ({"kind": "support", "member_ids": [other]}, "/member_ids"),
        ({"kind": "support", "open": True}, "/open"),
        ({"kind": "party"}, "/kind"),
    ):
        answer = await team[0].call("POST", "", body)
        assert answer.status_code == 422, body
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_the_list_is_by_last_activity_and_says_what_is_new(team: Team) -> None:
    groups = [await team[0].group(team[1], title=f"Group {number}") for number in range(3)]
    await team[0].send(groups[0], "one")
    last = await team[0].send(groups[0], f"two, <@{team[1].id}>")

    listed = await team[1].listed()

    assert [one["id"] for one in listed] == [groups[0]["id"], groups[2]["id"], groups[1]["id"]]
    newest = listed[0]
    assert (newest["unread"], newest["mentions"], newest["muted_until"]) == (2, 1, None)
    assert newest["last_message"]["text"] == f"two, <@{team[1].id}>"
    assert newest["seq"] == last["seq"] == newest["last_message"]["seq"]
    mine = await team[0].look(groups[0])
    assert (mine["unread"], mine["mentions"], mine["read_seq"]) == (0, 0, last["seq"])


async def test_the_list_is_paged_by_a_cursor_that_opens_no_other_list(team: Team) -> None:
    groups = [await team[0].group(team[1], title=f"Group {number}") for number in range(5)]
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await team[0].ask("GET", "", **query)
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert await team[1].refused("GET", "", **(query | {"cursor": cursor})) == (400, "bad_cursor")
    assert found == [one["id"] for one in reversed(groups)]


async def test_admins_rename_and_others_do_not(team: Team) -> None:
    group, direct = await team[0].group(team[1]), await team[0].direct(team[1])

    renamed = await team[0].ask("PATCH", f"/{group['id']}", {"title": "Summer menu"})

    assert renamed["title"] == (await team[1].look(group))["title"] == "Summer menu"
    assert renamed["seq"] == group["seq"] + 1
    rename = {"title": "Mine"}
    assert await team[1].refused("PATCH", f"/{group['id']}", rename) == (403, "conversation_admin_required")
    assert await team[2].refused("PATCH", f"/{group['id']}", rename) == (404, "conversation_not_found")
    assert await team[0].refused("PATCH", f"/{direct['id']}", rename) == (409, "direct_conversation")


async def test_an_archived_conversation_is_read_and_not_written(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[1].send(group)
    assert await team[1].refused("PUT", f"/{group['id']}/archive") == (403, "conversation_admin_required")
    for _ in range(2):
        await team[0].ask("PUT", f"/{group['id']}/archive", status=204)

    archived = await team[1].look(group)
    assert archived["archived_at"] is not None
    assert archived["seq"] == sent["seq"] + 1
    assert await team[1].listed() == []
    assert [one["id"] for one in await team[1].listed(archived=True)] == [group["id"]]
    assert len((await team[1].history(group))["items"]) == 1
    message = {"client_message_id": str(new_id()), "text": "late"}
    for method, path, body in (
        ("POST", "/messages", message),
        ("PATCH", f"/messages/{sent['id']}", {"text": "late"}),
        ("PUT", f"/messages/{sent['id']}/reactions/👍", None),
    ):
        assert await team[1].refused(method, f"/{group['id']}{path}", body) == (409, "conversation_archived")

    await team[0].ask("DELETE", f"/{group['id']}/archive", status=204)
    await team[1].send(group, "again")


async def test_who_may_only_look_changes_nothing(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[1].send(group)
    path = f"/{group['id']}"
    assert (await team.viewer.look(group))["id"] == group["id"]
    assert len((await team.viewer.history(group))["items"]) == 1
    message = {"client_message_id": str(new_id()), "text": "no"}
    for method, below, body in (
        ("POST", "/messages", message),
        ("PATCH", f"/messages/{sent['id']}", {"text": "no"}),
        ("DELETE", f"/messages/{sent['id']}", None),
        ("PUT", f"/messages/{sent['id']}/reactions/👍", None),
        ("PUT", "/draft", {"text": "no"}),
    ):
        assert await team.viewer.refused(method, f"{path}{below}", body) == (403, "forbidden")


async def test_nobody_of_another_business_finds_a_conversation_by_its_id(
    messaging: MessagingContext, messaging_url: str, team: Team
) -> None:
    group = await team[0].group(team[1], open=True)
    async with opened_team(messaging_url, await new_business(messaging)) as others:
        for method, below, body in STRANGERS_CALLS:
            assert await others[0].refused(method, f"/{group['id']}{below}", body) == (404, "conversation_not_found")
            if below != "/join":
                refused = await team[2].refused(method, f"/{group['id']}{below}", body)
                assert refused == (404, "conversation_not_found"), below
        assert await others[0].listed(joinable=True) == []


async def test_who_left_the_business_opens_and_joins_nothing_with_a_token_that_is_still_good(
    messaging: MessagingContext, team: Team
) -> None:
    group = await team[0].group(open=True)
    await join_business(messaging, team.tenant_id, team[2].id, active=False, version=2)

    assert await team[2].refused("POST", "", {"kind": "group", "title": "Mine"}) == (403, "membership_ended")
    assert await team[2].refused("POST", f"/{group['id']}/join") == (403, "membership_ended")


STRANGERS_CALLS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"title": "Mine"}),
    ("PUT", "/archive", None),
    ("DELETE", "/archive", None),
    ("GET", "/members", None),
    ("POST", "/members", {"user_ids": []}),
    ("PATCH", f"/members/{new_id()}", {"role": "admin"}),
    ("DELETE", f"/members/{new_id()}", None),
    ("POST", "/join", None),
    ("PUT", "/mute", {"muted_until": None}),
    ("PUT", "/read", {"seq": 1}),
    ("GET", "/messages", None),
    ("POST", "/messages", {"client_message_id": str(new_id()), "text": "Hallo"}),
    ("GET", f"/messages/{new_id()}", None),
    ("GET", f"/messages/{new_id()}/replies", None),
    ("GET", f"/messages/{new_id()}/revisions", None),
    ("PUT", f"/messages/{new_id()}/reactions/👍", None),
    ("DELETE", f"/messages/{new_id()}/reactions/👍", None),
    ("PATCH", f"/messages/{new_id()}", {"text": "Hallo"}),
    ("DELETE", f"/messages/{new_id()}", None),
    ("GET", "/draft", None),
    ("PUT", "/draft", {"text": "Hallo"}),
    ("DELETE", "/draft", None),
)
"""Every call below a conversation, each of which is as if there were none."""
