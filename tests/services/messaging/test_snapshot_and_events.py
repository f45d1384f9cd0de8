"""A snapshot taken at any moment, with the events after it, is what a fresh fetch gives, whatever people do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from tests.services.messaging.folding import Seen, frames, snapshot
from tests.services.messaging.people import Person, Team, opened_team
from tests.services.messaging.world import new_business

PEOPLE = 4
EMOJI = ("👍", "❤️", "☝🏻")


@dataclass(frozen=True)
class Step:
    """What one person does; `pick` chooses a message, `other` a person beside the observer, where it takes one."""

    does: str
    who: int
    pick: int
    other: int


@dataclass
class Room:
    """The group, and what is known of it to the people who act there."""

    team: Team
    group: dict[str, Any]
    sent: list[dict[str, Any]] = field(default_factory=list)


DEEDS = (
    *("send", "send", "send", "reply", "reply", "resend"),
    *("edit", "edit", "delete", "delete", "delete", "react", "react", "react", "unreact"),
    *("add", "remove", "role", "join", "leave", "rename", "archive", "unarchive", "unarchive"),
    *("read", "draft", "mute"),
)
"""What people do; what is named more often is done more often."""
STEPS = st.lists(
    st.lists(
        st.builds(
            Step,
            does=st.sampled_from(DEEDS),
            who=st.integers(0, PEOPLE - 1),
            pick=st.integers(0, 3),
            other=st.integers(1, PEOPLE - 1),
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=6,
    max_size=10,
)


async def _send(room: Room, person: Person, step: Step) -> httpx.Response:
    root = None
    if step.does == "reply" and room.sent:
        root = room.sent[step.pick % len(room.sent)]["id"]
    body = {
        "client_message_id": str(new_id()),
        "text": f"{step.pick} <@{room.team[step.other].id}>" + " <@all>" * (step.pick % 5 == 0),
        "thread_root_id": root,
    }
    if step.does == "resend" and room.sent:
        body["client_message_id"] = room.sent[step.pick % len(room.sent)]["client_message_id"]
    answer = await person.call("POST", f"/{room.group['id']}/messages", body)
    if answer.status_code == 201:
        room.sent.append(answer.json())
    return answer


async def _to_message(room: Room, person: Person, step: Step) -> httpx.Response | None:
    if not room.sent:
        return None
    path = f"/{room.group['id']}/messages/{room.sent[step.pick % len(room.sent)]['id']}"
    emoji = EMOJI[step.other % len(EMOJI)]
    method, below, body = {
        "edit": ("PATCH", "", {"text": f"edited {step.pick} <@{room.team[step.other].id}>"}),
        "delete": ("DELETE", "", None),
        "react": ("PUT", f"/reactions/{emoji}", None),
        "unreact": ("DELETE", f"/reactions/{emoji}", None),
    }[step.does]
    return await person.call(method, path + below, body)


async def _to_room(room: Room, person: Person, step: Step) -> httpx.Response | None:
    other = room.team[step.other].id
    if step.does == "leave" and step.who == 0:
        return None
    calls: Mapping[str, tuple[str, str, Any]] = {
        "add": ("POST", "/members", {"user_ids": [str(other)]}),
        "remove": ("DELETE", f"/members/{other}", None),
        "leave": ("DELETE", f"/members/{person.id}", None),
        "role": ("PATCH", f"/members/{other}", {"role": ("admin", "member")[step.pick % 2]}),
        "join": ("POST", "/join", None),
        "rename": ("PATCH", "", {"title": f"Title {step.pick}"}),
        "archive": ("PUT", "/archive", None),
        "unarchive": ("DELETE", "/archive", None),
        "read": ("PUT", "/read", {"seq": step.pick}),
        "draft": ("PUT", "/draft", {"text": f"draft {step.pick}"}),
        "mute": ("PUT", "/mute", {"muted_until": None}),
    }
    method, below, body = calls[step.does]
    return await person.call(method, f"/{room.group['id']}{below}", body)


ONE_AFTER_THE_OTHER = [
    [Step(does, who, pick=0, other=other)]
    for does, who, other in (
        *(("send", 1, 2), ("react", 0, 1), ("react", 2, 1), ("unreact", 2, 1), ("reply", 2, 1), ("resend", 1, 2)),
        *(("edit", 1, 3), ("delete", 1, 1), ("rename", 0, 1), ("role", 0, 2), ("remove", 0, 1), ("join", 3, 1)),
        *(("leave", 2, 1), ("add", 0, 1), ("archive", 0, 1)),
    )
]
"""Every kind of event, each of which stands in its place at least once."""
Act = Callable[[Room, Person, Step], Awaitable[httpx.Response | None]]
ACTS: Mapping[str, Act] = {
    **dict.fromkeys(("send", "reply", "resend"), _send),
    **dict.fromkeys(("edit", "delete", "react", "unreact"), _to_message),
}


async def _act(room: Room, step: Step) -> None:
    answer = await ACTS.get(step.does, _to_room)(room, room.team[step.who], step)
    # What someone may not do is refused, and changes nothing.
    assert answer is None or answer.status_code < 500, answer.text


@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],  # an example takes a while: the first that fails is shown as it is
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(rounds=ONE_AFTER_THE_OTHER)
@given(rounds=STEPS)
async def test_a_snapshot_and_the_events_after_it_are_what_a_fresh_fetch_gives(
    messaging: MessagingContext, messaging_url: str, rounds: list[list[Step]]
) -> None:
    business = await new_business(messaging, people=PEOPLE)
    async with opened_team(messaging_url, business) as team:
        room = Room(team, await team[0].group(team[1], team[2], open=True))
        taken: list[Seen] = [await snapshot(team[0], room.group)]
        for steps in rounds:
            # At the same moment: what several people do, and what a client fetches meanwhile.
            meanwhile = asyncio.gather(*(_act(room, step) for step in steps))
            taken.append(await snapshot(team[0], room.group))
            await meanwhile
        fresh = await snapshot(team[0], room.group)
        events = await frames(messaging, business.id, room.group["id"])

    assert [frame["seq"] for frame in events] == list(range(1, len(events) + 1))
    assert fresh.seq == len(events)
    for seen in taken:
        for frame in events[seen.since :]:
            seen.fold(frame)
        assert seen.state == fresh.state


async def test_a_deleted_text_is_in_no_event_that_a_late_client_reads(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    early = await snapshot(team[1], group)
    sent = await team[0].send(group, "regretted")
    path = f"/{group['id']}/messages/{sent['id']}"
    await team[0].ask("PATCH", path, {"text": "regretted more"})
    await team[0].ask("DELETE", path)

    events = await frames(messaging, team.tenant_id, group["id"])

    assert not [frame for frame in events if "regretted" in str(frame)]
    for frame in events[early.since :]:
        early.fold(frame)
    assert early.state == (await snapshot(team[1], group)).state
