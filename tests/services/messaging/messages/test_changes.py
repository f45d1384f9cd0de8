"""Editing keeps what was said, deleting leaves no text anywhere, and a reaction is one person's own."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.messages.models import Mention, MessageRevision, Reaction
from services.messaging.messages.texts import is_emoji
from services.messaging.search.models import MessageSearch
from services.messaging.stream.models import StreamEvent
from tests.services.messaging.people import Team, message_path


async def test_an_edit_keeps_what_was_said_before(team: Team) -> None:
    group = await team[0].group(team[1], team[2])
    sent = await team[0].send(group, f"one <@{team[1].id}>")

    edited = await team[0].ask("PATCH", message_path(sent), {"text": f"two <@{team[2].id}>"})
    again = await team[0].ask("PATCH", message_path(sent), {"text": f"two <@{team[2].id}>"})

    assert (edited["text"], edited["revision"], edited["mentions"]) == (f"two <@{team[2].id}>", 2, [str(team[2].id)])
    assert (edited["seq"], edited["version"]) == (sent["seq"], sent["seq"] + 1)
    assert again == edited
    assert [(await one.look(group))["mentions"] for one in team.people] == [0, 0, 1]
    revisions = (await team[1].ask("GET", f"{message_path(sent)}/revisions"))["items"]
    assert [(one["revision"], one["text"]) for one in revisions] == [(1, sent["text"]), (2, edited["text"])]
    assert [one["written_at"] for one in revisions] == [sent["created_at"], edited["edited_at"]]


async def test_only_the_writer_edits_and_only_writer_and_admins_delete(team: Team) -> None:
    group = await team[0].group(team[1], team[2])
    sent, other = await team[1].send(group), await team[1].send(group)
    for person in (team[0], team[2]):
        assert await person.refused("PATCH", message_path(sent), {"text": "no"}) == (403, "not_your_message")
    assert await team[2].refused("DELETE", message_path(sent)) == (403, "not_your_message")

    await team[1].ask("DELETE", message_path(sent), status=204)
    await team[0].ask("DELETE", message_path(other), status=204)
    assert [one["text"] for one in (await team[2].history(group))["items"]] == [None, None]


async def test_a_deleted_message_leaves_no_text_anywhere(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group, f"one <@{team[1].id}>")
    await team[0].ask("PATCH", message_path(sent), {"text": f"two <@{team[1].id}>"})
    await team[1].ask("PUT", f"{message_path(sent)}/reactions/👍")

    for _ in range(2):
        await team[0].ask("DELETE", message_path(sent), status=204)

    left = await team[1].ask("GET", message_path(sent))
    assert (left["text"], left["unreadable"], left["mentions"], left["reactions"]) == (None, False, [], [])
    assert left["deleted_at"] is not None
    assert left["version"] == (await team[1].look(group))["seq"] == sent["seq"] + 3
    assert (await team[1].ask("GET", f"{message_path(sent)}/revisions"))["items"] == []
    async with messaging.database.tenant_session(team.tenant_id) as session:
        for table in (MessageRevision, Reaction, Mention, MessageSearch):
            assert await session.scalar(select(func.count()).select_from(table)) == 0, table
        texts = select(func.count(StreamEvent.sealed)).where(StreamEvent.message_id == UUID(sent["id"]))
        assert await session.scalar(texts) == 0
    assert await team[0].refused("PATCH", message_path(sent), {"text": "back"}) == (409, "message_deleted")
    assert await team[0].refused("PUT", f"{message_path(sent)}/reactions/👍") == (409, "message_deleted")


async def test_each_person_reacts_once_with_each_emoji(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group)
    for person, emoji in ((team[1], "👍"), (team[0], "👍"), (team[0], "👍"), (team[0], "❤️")):
        await person.ask("PUT", f"{message_path(sent)}/reactions/{emoji}", status=204)

    both = sorted((str(team[0].id), str(team[1].id)))
    message = await team[1].ask("GET", message_path(sent))
    assert message["reactions"] == [{"emoji": "❤️", "user_ids": [str(team[0].id)]}, {"emoji": "👍", "user_ids": both}]
    assert message["version"] == sent["seq"] + 3

    for _ in range(2):
        await team[1].ask("DELETE", f"{message_path(sent)}/reactions/👍", status=204)
    message = await team[1].ask("GET", message_path(sent))
    assert [one["user_ids"] for one in message["reactions"]] == [[str(team[0].id)]] * 2
    assert message["version"] == sent["seq"] + 4


async def test_the_same_reaction_at_the_same_moment_counts_once(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group)
    await asyncio.gather(*(team[one % 2].ask("PUT", f"{message_path(sent)}/reactions/🎉") for one in range(6)))

    message = await team[0].ask("GET", message_path(sent))
    assert len(message["reactions"][0]["user_ids"]) == 2
    assert message["version"] == sent["seq"] + 2


async def test_a_message_takes_twenty_different_emoji(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group)
    for number in range(20):
        await team[0].ask("PUT", f"{message_path(sent)}/reactions/{chr(0x1F600 + number)}")
    assert await team[0].refused("PUT", f"{message_path(sent)}/reactions/👍") == (409, "too_many_reactions")
    await team[1].ask("PUT", f"{message_path(sent)}/reactions/{chr(0x1F600)}")


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "#⃣", "☝🏻", "⭐"])
def test_an_emoji_is_one(emoji: str) -> None:
    assert is_emoji(emoji)


@pytest.mark.parametrize("text", ["", "a", "ok", "1", "👍 ", "👍no", "<b>", "\u200d", "\ufe0f", "é", "你", "👍" * 33])
def test_words_and_signs_are_no_emoji(text: str) -> None:
    assert not is_emoji(text)


async def test_a_message_is_of_its_own_conversation_only(team: Team) -> None:
    group, other = await team[0].group(team[1]), await team[0].group(team[1])
    sent = await team[0].send(other)
    path = f"/{group['id']}/messages/{sent['id']}"
    for method, below, body in (
        ("GET", "", None),
        ("GET", "/replies", None),
        ("GET", "/revisions", None),
        ("PATCH", "", {"text": "no"}),
        ("DELETE", "", None),
        ("PUT", "/reactions/👍", None),
        ("DELETE", "/reactions/👍", None),
    ):
        assert await team[0].refused(method, path + below, body) == (404, "message_not_found")
    assert await team[0].refused("GET", f"/{group['id']}/messages/{new_id()}") == (404, "message_not_found")
