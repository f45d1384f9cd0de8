"""Every change of a message reaches the archive, whatever fails on the way."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from libs.adapters.history import History, HistoryTableMissing, LocalHistorySettings, open_history
from libs.common.failpoints import FailpointReached, configure_failpoints
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.history import lookups
from services.messaging.history.filling import fill_once
from services.messaging.history.models import ArchiveEntry
from services.messaging.settings import MessagingSettings
from services.messaging.stream.relay import relay_once
from tests.services.messaging.history.old import fill
from tests.services.messaging.people import Team, message_path
from tests.services.messaging.world import open_messaging
from tests.support.eventually import eventually


async def archived(history: History, team: Team, message: dict[str, Any]) -> dict[str, Any]:
    """The body of the message in the archive."""
    found = await history.find(team.tenant_id, UUID(message["id"]))
    assert found is not None
    body: dict[str, Any] = orjson.loads(found.body)
    assert body["message"]["version"] == found.version
    return body


async def noted(messaging: MessagingContext) -> int:
    async with messaging.database.system_session() as session:
        return len((await session.scalars(select(ArchiveEntry))).all())


async def test_every_change_of_a_message_reaches_the_archive(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group, "Grüße")
    await fill(messaging, history)
    first = await archived(history, team, sent)
    assert (first["message"]["revision"], first["reactions"], first["revisions"]) == (1, [], [])

    await team[0].ask("PATCH", message_path(sent), {"text": "Viele Grüße"})
    await fill(messaging, history)
    edited = await archived(history, team, sent)
    assert [one["text"] for one in edited["revisions"]] == [first["message"]["text"]]
    assert edited["message"]["text"] != first["message"]["text"]

    await team[1].ask("PUT", f"{message_path(sent)}/reactions/👍")
    await fill(messaging, history)
    assert [one["emoji"] for one in (await archived(history, team, sent))["reactions"]] == ["👍"]

    await team[1].send(group, "Danke", thread_root_id=sent["id"])
    await fill(messaging, history)
    assert (await archived(history, team, sent))["message"]["reply_count"] == 1

    await team[0].ask("DELETE", message_path(sent))
    await fill(messaging, history)
    deleted = await archived(history, team, sent)
    assert (deleted["message"]["text"], deleted["revisions"]) == (None, [])


async def test_the_archive_learns_no_text(messaging: MessagingContext, history: History, team: Team) -> None:
    sent = await team[0].send(await team[0].group(team[1]), "Geheimnis")
    await fill(messaging, history)

    found = await history.find(team.tenant_id, UUID(sent["id"]))

    assert found is not None
    assert b"Geheimnis" not in found.body
    assert b"Geheimnis".hex().encode() not in found.body


async def test_a_worker_that_dies_after_it_put_a_change_puts_it_again(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group)
    await relay_once(messaging.database, messaging.cache, archived=True)

    for place in ("history.put.before", "history.put.after"):
        configure_failpoints(f"{place}:1:raise")
        with pytest.raises(FailpointReached):
            await fill_once(messaging.database, history)
        assert await noted(messaging) > 0
    configure_failpoints("")
    await fill(messaging, history)

    assert await noted(messaging) == 0
    [held] = await history.newer(team.tenant_id, UUID(group["id"]), after=0, limit=10)
    assert held.message_id == UUID(sent["id"])


async def test_a_relay_that_dies_before_it_forgets_its_events_loses_no_change(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    await fill(messaging, history)
    sent = await team[0].send(await team[0].group(team[1]))

    configure_failpoints("database.commit.before:1:raise")
    with pytest.raises(FailpointReached):
        await relay_once(messaging.database, messaging.cache, archived=True)
    configure_failpoints("")
    await fill(messaging, history)

    assert await archived(history, team, sent)


async def test_what_was_read_before_a_change_never_replaces_it(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    sent = await team[0].send(await team[0].group(team[1]))
    async with messaging.database.system_session() as session:
        late = await lookups.snapshots(session, [(team.tenant_id, UUID(sent["id"]))])
    await team[0].ask("PATCH", message_path(sent), {"text": "Another"})
    await fill(messaging, history)

    await history.put(late)

    assert (await archived(history, team, sent))["message"]["revision"] == 2


async def test_changes_wait_for_an_archive_that_is_away(
    messaging: MessagingContext, history: History, team: Team, tmp_path: Path
) -> None:
    await fill(messaging, history)
    sent = await team[0].send(await team[0].group(team[1]))
    async with open_history(LocalHistorySettings(path=tmp_path / "other.db")) as other:
        assert other is not None
        await relay_once(messaging.database, messaging.cache, archived=True)
        with pytest.raises(HistoryTableMissing):
            await fill_once(messaging.database, other)
        await other.ensure()
        await fill_once(messaging.database, other)

        assert await other.find(team.tenant_id, UUID(sent["id"])) is not None


async def test_the_worker_makes_the_table_and_fills_it(
    messaging: MessagingContext, team: Team, archiving: MessagingSettings, tmp_path: Path
) -> None:
    history = LocalHistorySettings(path=tmp_path / "fresh.db")
    async with open_messaging(archiving.model_copy(update={"history": history})) as context:
        loops, stop = SERVICE.loops(context), asyncio.Event()
        working = [asyncio.ensure_future(loops[name](stop)) for name in ("stream_relay", "history")]
        sent = await team[0].send(await team[0].group(team[1]))

        async def is_there() -> bool:
            with suppress(HistoryTableMissing):
                return bool(await context.archive.find(team.tenant_id, [UUID(sent["id"])]))
            return False

        await eventually(is_there)
        stop.set()
        await asyncio.gather(*working)


async def test_without_an_archive_nothing_is_noted_for_it(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    await fill(messaging, history)
    await team[0].send(await team[0].group(team[1]))

    assert await relay_once(messaging.database, messaging.cache) > 0
    assert await noted(messaging) == 0
