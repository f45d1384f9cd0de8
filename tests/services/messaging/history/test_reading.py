"""Old messages read and change as if they had never moved, for those who may, and for nobody else."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from libs.adapters.history import History
from libs.common.clock import SystemClock
from libs.common.sweeps import run_sweep
from services.messaging.context import MessagingContext
from services.messaging.history.models import MessageBroughtBack
from services.messaging.history.sweeps import BACK_FOR, archive_month, take_away_sweep
from tests.services.messaging.history.old import OldMonth, count_here, fill, new_old_month
from tests.services.messaging.people import Team, message_path


@pytest.fixture
async def archived(messaging: MessagingContext, history: History, month: OldMonth) -> OldMonth:
    """The month, in the archive alone."""
    await fill(messaging, history)
    assert await archive_month(messaging.database, history, month.month)
    return month


async def everything_read(team: Team, month: OldMonth) -> list[Any]:
    """What every way of reading shows."""
    conversation, person = month.conversation, team[1]
    seqs = [message["seq"] for message in month.messages]
    root = month.messages[0]
    pages = [
        await person.history(conversation, **query)
        for query in (
            {},
            {"limit": 1},
            {"limit": 3},
            {"after": 0, "limit": 2},
            {"after": seqs[1], "limit": 2},
            {"after": seqs[-1], "limit": 1},
            {"before": seqs[3], "limit": 2},
            {"before": seqs[0]},
            {"around": seqs[2], "limit": 3},
            {"around": seqs[-1], "limit": 4},
        )
    ]
    return [
        *pages,
        *[await person.ask("GET", message_path(message)) for message in month.messages],
        await person.ask("GET", f"{message_path(root)}/replies"),
        await person.ask("GET", "/search", q="otter"),
    ]


async def test_everything_reads_the_same_before_and_after_a_month_moves(
    messaging: MessagingContext, history: History, team: Team, month: OldMonth
) -> None:
    before = await everything_read(team, month)
    await fill(messaging, history)
    assert await everything_read(team, month) == before

    assert await archive_month(messaging.database, history, month.month)

    assert await everything_read(team, month) == before


async def test_the_revisions_of_an_archived_message_are_read(team: Team, archived: OldMonth) -> None:
    revisions = await team[0].ask("GET", f"{message_path(archived.messages[1])}/revisions")

    assert [one["text"] for one in revisions["items"]] == ["Otter number 1", "Otter number one"]


async def test_an_archived_message_is_edited_reacted_to_and_answered_as_any_other(
    messaging: MessagingContext, history: History, team: Team, archived: OldMonth
) -> None:
    edited, reacted, root = archived.messages[1], archived.messages[3], archived.messages[0]
    await team[1].ask("PATCH", message_path(edited), {"text": "Otter again"})
    await team[1].ask("PUT", f"{message_path(reacted)}/reactions/👍")
    await team[1].send(archived.conversation, "Late", thread_root_id=root["id"])

    async def look() -> list[Any]:
        page = await team[0].history(archived.conversation, limit=100)
        return [message for message in page["items"] if message["id"] in {one["id"] for one in archived.messages}]

    seen = await look()
    shown = {message["id"]: message for message in seen}
    assert [message["id"] for message in seen] == [message["id"] for message in archived.messages]
    assert (shown[edited["id"]]["text"], shown[edited["id"]]["revision"]) == ("Otter again", 3)
    assert {one["emoji"] for one in shown[reacted["id"]]["reactions"]} == {"👍", "🎉"}
    assert shown[root["id"]]["reply_count"] == 2
    assert await count_here(messaging, archived) == 3

    await fill(messaging, history)
    await make_brought_back_older(messaging)
    await run_sweep(take_away_sweep(messaging.database, history), database=messaging.database, clock=messaging.clock)

    assert await count_here(messaging, archived) == 0
    assert await look() == seen
    revisions = await team[0].ask("GET", f"{message_path(edited)}/revisions")
    assert [one["text"] for one in revisions["items"]] == ["Otter number 1", "Otter number one", "Otter again"]


async def test_a_message_that_came_back_stays_until_the_archive_holds_its_change(
    messaging: MessagingContext, history: History, team: Team, archived: OldMonth
) -> None:
    message = archived.messages[3]
    await team[1].ask("PUT", f"{message_path(message)}/reactions/👍")
    sweep = take_away_sweep(messaging.database, history)
    await run_sweep(sweep, database=messaging.database, clock=SystemClock())
    assert await count_here(messaging, archived) == 1  # it has not been here for a day
    await make_brought_back_older(messaging)

    await run_sweep(sweep, database=messaging.database, clock=SystemClock())
    assert await count_here(messaging, archived) == 1
    await run_sweep(sweep, database=messaging.database, clock=SystemClock())

    assert await count_here(messaging, archived) == 0
    shown = await team[0].ask("GET", message_path(message))
    assert {one["emoji"] for one in shown["reactions"]} == {"👍", "🎉"}


async def test_an_archived_message_that_is_deleted_has_no_text_anywhere(
    messaging: MessagingContext, history: History, team: Team, archived: OldMonth
) -> None:
    message = archived.messages[1]
    await team[1].ask("DELETE", message_path(message))
    await fill(messaging, history)

    held = await history.find(team.tenant_id, UUID(message["id"]))

    assert held is not None
    assert b'"text": null' in held.body
    assert b'"revisions": []' in held.body
    assert (await team[0].ask("GET", message_path(message)))["text"] is None


async def test_the_last_message_of_a_conversation_stays_to_be_shown_and_read_up_to(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    month = await new_old_month(messaging, team, followed=False)
    await fill(messaging, history)
    assert await archive_month(messaging.database, history, month.month)
    assert await count_here(messaging, month) == 1

    shown = await team[1].look(month.conversation)
    assert shown["last_message"]["id"] == month.messages[-1]["id"]
    assert shown["unread"] > 0
    await team[1].ask("PUT", f"/{month.conversation['id']}/read", {"seq": shown["seq"]})
    assert (await team[1].look(month.conversation))["unread"] == 0

    sweep = take_away_sweep(messaging.database, history)
    await make_brought_back_older(messaging)
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)
    assert await count_here(messaging, month) == 1
    before = await team[0].send(month.conversation, "Good morning")
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)

    assert await count_here(messaging, month) == 0
    page = await team[0].history(month.conversation, limit=100)
    assert [one["id"] for one in page["items"]] == [*(one["id"] for one in month.messages), before["id"]]


async def test_a_message_that_was_sent_long_ago_is_not_sent_again(team: Team, archived: OldMonth) -> None:
    first = archived.messages[0]

    again = await team[0].send(archived.conversation, "Other words", client_message_id=first["client_message_id"])

    assert again == first


async def test_others_see_nothing_of_the_archive(
    team: Team, strangers: Team, archived: OldMonth, messaging: MessagingContext
) -> None:
    message = archived.messages[0]
    not_a_member, stranger = team[2], strangers[0]
    for person in (not_a_member, stranger):
        for path in (
            f"/{archived.conversation['id']}/messages",
            message_path(message),
            f"{message_path(message)}/replies",
            f"{message_path(message)}/revisions",
        ):
            assert (await person.refused("GET", path))[0] == 404
        assert (await person.ask("GET", "/search", q="otter"))["items"] == []
        assert (await person.refused("PUT", f"{message_path(message)}/reactions/👍"))[0] == 404
    own = await strangers[0].group(strangers[1])
    borrowed = f"/{own['id']}/messages/{message['id']}"
    assert (await strangers[0].refused("GET", borrowed))[0] == 404
    assert (await strangers[0].refused("PATCH", borrowed, {"text": "Mine"}))[0] == 404
    assert await messaging.archive.find(strangers.tenant_id, [UUID(message["id"])]) == {}
    other = await team[0].group(team[1])
    assert (await team[0].refused("GET", f"/{other['id']}/messages/{message['id']}"))[0] == 404


async def make_brought_back_older(messaging: MessagingContext) -> None:
    async with messaging.database.system_session() as session:
        await session.execute(update(MessageBroughtBack).values(since=MessageBroughtBack.since - BACK_FOR))
