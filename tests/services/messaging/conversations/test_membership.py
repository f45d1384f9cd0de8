"""Who takes part: invited, joined, gone, silent, and how far they have read, each told to those concerned."""

import asyncio
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.stream import repository as streams
from tests.services.messaging.people import Person, Team
from tests.services.messaging.world import join_business


async def told(messaging: MessagingContext, tenant_id: UUID, stream_id: UUID | str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of every event of a stream."""
    async with messaging.database.tenant_session(tenant_id) as session:
        events = await streams.events_after(session, UUID(str(stream_id)), 0, up_to=10_000, limit=10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [(event.kind, event.data) for event in events]


async def own_kinds(messaging: MessagingContext, person: Person) -> list[str]:
    return [kind for kind, _ in await told(messaging, person.tenant_id, person.id)]


async def test_admins_add_people_who_then_see_all_that_was_said(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    await team[0].send(group, "before")
    add = {"user_ids": [str(team[1].id), str(team[2].id)]}
    assert await team[1].refused("POST", f"/{group['id']}/members", add) == (403, "conversation_admin_required")

    await team[0].ask("POST", f"/{group['id']}/members", add, status=204)

    seen = await team[2].look(group)
    assert (seen["unread"], seen["role"], seen["member_count"]) == (0, "member", 3)
    assert [one["text"] for one in (await team[2].history(group))["items"]] == ["before"]
    kind, data = (await told(messaging, team.tenant_id, group["id"]))[-1]
    assert (kind, data) == ("member.added", {"user_id": str(team[2].id), "role": "member", "by": str(team[0].id)})
    joined = {"conversation_id": group["id"], "stream_seq": seen["seq"]}
    assert ("conversation.joined", joined) in await told(messaging, team.tenant_id, team[2].id)


async def test_nobody_is_added_who_does_not_work_in_the_business(team: Team) -> None:
    group = await team[0].group()
    answer = await team[0].call("POST", f"/{group['id']}/members", {"user_ids": [str(team[1].id), str(new_id())]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/user_ids/1"
    assert await team[0].members(group) == {str(team[0].id): "admin"}


async def test_a_direct_conversation_stays_between_two(team: Team) -> None:
    direct = await team[0].direct(team[1])
    for method, below, body in (
        ("POST", "/members", {"user_ids": [str(team[2].id)]}),
        ("DELETE", f"/members/{team[0].id}", None),
        ("PATCH", f"/members/{team[1].id}", {"role": "admin"}),
        ("PUT", "/archive", None),
    ):
        assert await team[0].refused(method, f"/{direct['id']}{below}", body) == (409, "direct_conversation")


async def test_where_the_last_admin_leaves_the_longest_member_takes_over(
    messaging: MessagingContext, team: Team
) -> None:
    group = await team[0].group()
    for later in (team[2], team[1]):
        await team[0].ask("POST", f"/{group['id']}/members", {"user_ids": [str(later.id)]})

    await team[0].ask("DELETE", f"/{group['id']}/members/{team[0].id}", status=204)

    assert await team[1].members(group) == {str(team[2].id): "admin", str(team[1].id): "member"}
    assert [kind for kind, _ in (await told(messaging, team.tenant_id, group["id"]))[-2:]] == [
        "member.removed",
        "member.changed",
    ]
    assert (await own_kinds(messaging, team[0]))[-1] == "conversation.left"
    assert await team[0].refused("GET", f"/{group['id']}") == (404, "conversation_not_found")


async def test_admins_take_people_out_and_others_only_themselves(team: Team) -> None:
    group = await team[0].group(team[1], team[2])
    path = f"/{group['id']}/members"
    assert await team[1].refused("DELETE", f"{path}/{team[2].id}") == (403, "conversation_admin_required")

    for _ in range(2):  # out already, they stay out
        await team[0].ask("DELETE", f"{path}/{team[2].id}", status=204)
    await team[1].ask("DELETE", f"{path}/{team[1].id}", status=204)

    assert await team[0].members(group) == {str(team[0].id): "admin"}
    assert await team[0].refused("DELETE", f"{path}/{new_id()}") == (404, "member_not_found")


async def test_roles_are_given_by_admins_and_one_admin_stays(team: Team) -> None:
    group = await team[0].group(team[1])
    path = f"/{group['id']}/members"
    member = {"role": "member"}
    assert await team[0].refused("PATCH", f"{path}/{team[0].id}", member) == (409, "last_admin")
    assert await team[0].refused("PATCH", f"{path}/{team[2].id}", member) == (404, "member_not_found")
    assert await team[1].refused("PATCH", f"{path}/{team[1].id}", {"role": "admin"}) == (
        403,
        "conversation_admin_required",
    )

    await team[0].ask("PATCH", f"{path}/{team[1].id}", {"role": "admin"}, status=204)
    await team[0].ask("PATCH", f"{path}/{team[0].id}", member, status=204)

    assert await team[1].members(group) == {str(team[0].id): "member", str(team[1].id): "admin"}


async def test_an_open_group_is_found_and_joined_by_anyone_of_the_business(team: Team) -> None:
    closed, group = await team[0].group(title="Closed"), await team[0].group(title="Open", open=True)
    assert await team[1].refused("POST", f"/{closed['id']}/join") == (404, "conversation_not_found")
    found = await team[1].listed(joinable=True)
    assert [(one["title"], one["role"], one["last_message"]) for one in found] == [("Open", None, None)]

    for _ in range(2):
        await team[1].ask("POST", f"/{group['id']}/join", status=204)

    assert (await team[1].look(group))["role"] == "member"
    assert await team[1].listed(joinable=True) == []
    await team[0].ask("PUT", f"/{group['id']}/archive")
    assert await team[2].refused("POST", f"/{group['id']}/join") == (409, "conversation_archived")


async def test_silence_is_each_persons_own_and_told_to_their_devices(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    for _ in range(2):
        await team[1].ask("PUT", f"/{group['id']}/mute", {"muted_until": "2030-01-01T00:00:00Z"}, status=204)

    assert (await team[1].look(group))["muted_until"] == "2030-01-01T00:00:00Z"
    assert (await team[0].look(group))["muted_until"] is None
    assert (await own_kinds(messaging, team[1])).count("conversation.muted") == 1
    await team[1].ask("PUT", f"/{group['id']}/mute", {"muted_until": None})
    assert (await team[1].look(group))["muted_until"] is None


async def test_reading_moves_forward_only_and_not_beyond_the_end(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    sent = [await team[0].send(group, f"<@{team[1].id}> {number}") for number in range(3)]

    async def read(seq: int) -> dict[str, int]:
        answer: dict[str, int] = await team[1].ask("PUT", f"/{group['id']}/read", {"seq": seq})
        return answer

    second = sent[1]["seq"]
    assert await read(second) == {"read_seq": second, "unread": 1, "mentions": 1}
    assert await read(0) == {"read_seq": second, "unread": 1, "mentions": 1}
    assert await read(9000) == {"read_seq": sent[2]["seq"], "unread": 0, "mentions": 0}
    moved = [data for kind, data in await told(messaging, team.tenant_id, team[1].id) if kind == "read.moved"]
    assert [(one["read_seq"], one["unread"]) for one in moved] == [(second, 1), (sent[2]["seq"], 0)]
    assert moved[0]["conversation_id"] == group["id"]


async def test_who_leaves_the_business_is_out_of_every_conversation(messaging: MessagingContext, team: Team) -> None:
    group, direct = await team[1].group(team[0], team[2]), await team[0].direct(team[1])
    await team[0].send(direct, "still there?")

    for version in (2, 1):  # an older event that comes late changes nothing
        await join_business(messaging, team.tenant_id, team[1].id, active=version == 1, version=version)

    assert await team[1].listed() == []
    assert sorted((await team[0].members(group)).values()) == ["admin", "member"]
    assert await team[0].members(direct) == {str(team[0].id): "member"}
    assert len((await team[0].history(direct))["items"]) == 1
    assert (await own_kinds(messaging, team[1])).count("conversation.left") == 2

    await join_business(messaging, team.tenant_id, team[1].id, version=3)
    assert (await team[0].direct(team[1]))["id"] == direct["id"]
    assert len((await team[1].history(direct))["items"]) == 1


async def test_invitations_at_the_same_moment_as_a_farewell_leave_nobody_behind(
    messaging: MessagingContext, team: Team
) -> None:
    groups = [await team[0].group(title=f"Group {number}") for number in range(6)]
    invite = {"user_ids": [str(team[2].id)]}
    await asyncio.gather(
        *(team[0].call("POST", f"/{group['id']}/members", invite) for group in groups),
        join_business(messaging, team.tenant_id, team[2].id, active=False, version=2),
    )

    for group in groups:
        assert await team[0].members(group) == {str(team[0].id): "admin"}
