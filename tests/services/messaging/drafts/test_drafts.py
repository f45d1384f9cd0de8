"""Drafts are kept for each place, follow their writer, and are nobody else's."""

from uuid import UUID

from sqlalchemy import select

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.drafts.models import Draft
from services.messaging.stream import repository as streams
from tests.services.messaging.people import Team


async def test_a_draft_is_kept_for_each_place_and_seen_by_its_writer_alone(team: Team) -> None:
    group = await team[0].group(team[1])
    root, path = await team[0].send(group), f"/{group['id']}/draft"
    thread = {"thread_root_id": root["id"]}
    await team[0].ask("PUT", path, {"text": "first"}, status=204)
    await team[0].ask("PUT", path, {"text": "in the conversation "}, status=204)
    await team[0].ask("PUT", path, {"text": "in the thread"}, status=204, **thread)

    assert (await team[0].ask("GET", path))["text"] == "in the conversation "
    assert (await team[0].ask("GET", path, **thread))["text"] == "in the thread"
    nothing = await team[1].ask("GET", path)
    assert (nothing["text"], nothing["unreadable"], nothing["updated_at"]) == (None, False, None)

    for _ in range(2):
        await team[0].ask("DELETE", path, status=204)
    assert (await team[0].ask("GET", path))["text"] is None
    assert (await team[0].ask("GET", path, **thread))["text"] == "in the thread"
    assert await team[0].refused("PUT", path, {"text": "x"}, thread_root_id=str(new_id())) == (404, "message_not_found")


async def test_a_draft_is_sealed_and_its_writers_devices_are_told(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    await team[0].ask("PUT", f"/{group['id']}/draft", {"text": "Geheimnis"})
    await team[0].ask("DELETE", f"/{group['id']}/draft")
    await team[0].ask("DELETE", f"/{group['id']}/draft")
    await team[0].ask("PUT", f"/{group['id']}/draft", {"text": "Geheimnis"})

    async with messaging.database.tenant_session(team.tenant_id) as session:
        draft = (await session.scalars(select(Draft))).one()
        events = await streams.events_after(session, team[0].id, 0, up_to=100, limit=100)
        others = await streams.events_after(session, team[1].id, 0, up_to=100, limit=100)
        said = await streams.events_after(session, UUID(group["id"]), 0, up_to=100, limit=100)
    assert b"Geheimnis" not in draft.text
    told = [event for event in events if event.kind == "draft.changed"]
    assert [event.data for event in told] == [{"conversation_id": group["id"], "thread_root_id": None}] * 3
    assert not [event for event in (*others, *said) if event.kind == "draft.changed"]


async def test_who_is_out_of_a_conversation_has_no_draft_there(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    await team[1].ask("PUT", f"/{group['id']}/draft", {"text": "still writing"})
    await team[0].ask("DELETE", f"/{group['id']}/members/{team[1].id}")

    async with messaging.database.tenant_session(team.tenant_id) as session:
        assert (await session.scalars(select(Draft))).all() == []
