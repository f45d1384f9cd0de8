"""History is read in both directions and around a position, each page of one moment."""

from typing import Any

import pytest

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.keys.service import key_alias
from services.messaging.settings import MessagingSettings
from tests.services.messaging.conftest import served_messaging
from tests.services.messaging.people import Person, Team, message_path, opened_team
from tests.services.messaging.world import Business


async def numbers(person: Person, group: dict[str, Any], **query: Any) -> tuple[list[int], bool, bool]:
    page = await person.history(group, **query)
    return [one["number"] for one in page["items"]], page["has_before"], page["has_after"]


async def test_history_is_read_in_both_directions_and_around_a_message(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = [await team[number % 2].send(group, str(number)) for number in range(9)]
    await team[0].ask("PATCH", message_path(sent[0]), {"text": "edited"})  # an event between and after messages
    fifth = sent[4]["seq"]

    assert await numbers(team[1], group) == ([*range(1, 10)], False, False)
    assert await numbers(team[1], group, limit=3) == ([7, 8, 9], True, False)
    assert await numbers(team[1], group, before=fifth, limit=3) == ([2, 3, 4], True, True)
    assert await numbers(team[1], group, before=fifth, limit=4) == ([1, 2, 3, 4], False, True)
    assert await numbers(team[1], group, after=fifth, limit=3) == ([6, 7, 8], True, True)
    assert await numbers(team[1], group, after=fifth, limit=4) == ([6, 7, 8, 9], True, False)
    assert await numbers(team[1], group, around=fifth, limit=4) == ([4, 5, 6, 7], True, True)
    assert await numbers(team[1], group, around=fifth, limit=1) == ([5], True, True)
    assert await numbers(team[1], group, around=0, limit=4) == ([1, 2], False, True)
    assert await numbers(team[1], group, before=1) == ([], False, True)
    assert await numbers(team[1], group, after=9000) == ([], True, False)


async def test_an_empty_conversation_has_a_head(team: Team) -> None:
    group = await team[0].group(team[1])
    page = await team[1].history(group)
    assert page == {"items": [], "epoch": group["epoch"], "seq": group["seq"], "has_before": False, "has_after": False}


@pytest.mark.parametrize("query", [{"before": 1, "after": 1}, {"around": 1, "after": 1}, {"before": -1}, {"limit": 0}])
async def test_one_position_is_asked_for_at_a_time(team: Team, query: dict[str, int]) -> None:
    group = await team[0].group()
    assert (await team[0].refused("GET", f"/{group['id']}/messages", **query)) == (422, "invalid_request")


async def test_where_the_key_is_disabled_texts_are_unreadable_and_nothing_is_written(
    messaging: MessagingContext, settings: MessagingSettings, business: Business, team: Team
) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group, "secret")
    await messaging.keys.disable(f"alias/{key_alias(business.id)}")
    try:
        # Another process, which has not seen the key before.
        async with served_messaging(settings) as url, opened_team(url, business) as elsewhere:
            person = elsewhere[1]
            [message] = (await person.history(group))["items"]
            assert (message["text"], message["unreadable"]) == (None, True)
            seen = await person.look(group)
            assert (seen["title"], seen["unreadable"]) == (None, True)
            assert seen["last_message"]["unreadable"] is True
            revisions = (await person.ask("GET", f"{message_path(sent)}/revisions"))["items"]
            assert [(one["text"], one["unreadable"]) for one in revisions] == [(None, True)]
            path = f"/{group['id']}"
            for method, below, body in (
                ("POST", f"{path}/messages", {"client_message_id": str(new_id()), "text": "more"}),
                ("PATCH", message_path(sent), {"text": "more"}),
                ("PUT", f"{path}/draft", {"text": "more"}),
                ("PATCH", path, {"title": "more"}),
                ("POST", "", {"kind": "group", "title": "more"}),
                ("GET", "/search?q=secret", None),
            ):
                assert await elsewhere[0].refused(method, below, body) == (409, "key_unavailable"), below
            # What needs no text goes on; what was sent is acknowledged still.
            await person.ask("PUT", f"{message_path(sent)}/reactions/👍", status=204)
            await elsewhere[0].ask("DELETE", message_path(sent), status=204)
    finally:
        await messaging.keys.enable(f"alias/{key_alias(business.id)}")
