"""Assistants take part in conversations like people, by the operations that are there for people."""

from uuid import UUID

import pytest
from sqlalchemy import select

from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.contracts.messaging import MessageSent
from services.messaging.context import MessagingContext
from services.messaging.messages.models import Mention
from services.messaging.notifications.handlers import tell_of_message
from services.messaging.notifications.models import Notification
from tests.services.messaging.assistants.world import new_assistant, tell, with_assistant
from tests.services.messaging.people import Team
from tests.services.messaging.world import new_business


@pytest.fixture
async def assistant(messaging: MessagingContext, team: Team) -> UUID:
    return await new_assistant(messaging, team.tenant_id)


async def test_an_assistant_is_added_listed_and_taken_out(team: Team, assistant: UUID) -> None:
    group = await team[0].group(team[1])

    await team[0].ask("POST", f"/{group['id']}/members", {"user_ids": [str(assistant)]})

    assert (await team[1].members(group))[str(assistant)] == "assistant"
    seen = await team[1].look(group)
    assert (seen["member_count"], str(assistant) in seen["member_ids"], seen["role"]) == (3, True, "member")
    for _ in range(2):
        await team[0].ask("DELETE", f"/{group['id']}/members/{assistant}", status=204)
    assert str(assistant) not in await team[1].members(group)


@pytest.mark.parametrize("kind", ["direct", "group", "support"])
async def test_a_conversation_may_begin_with_an_assistant(team: Team, assistant: UUID, kind: str) -> None:
    begun = await with_assistant(team[1], assistant, kind=kind)

    roles = await team[1].members(begun)
    assert roles[str(assistant)] == "assistant"
    assert roles[str(team[1].id)] == ("admin" if kind == "group" else "member")
    if kind == "direct":
        assert (await with_assistant(team[1], assistant, kind=kind))["id"] == begun["id"]


async def test_only_admins_bring_an_assistant_and_nobody_brings_a_foreign_or_deleted_one(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    group, support = await team[0].group(team[1]), await team[1].opened(kind="support")
    foreign = await new_assistant(messaging, (await new_business(messaging, people=1)).id)
    gone = await new_assistant(messaging, team.tenant_id)
    await tell(messaging, team.tenant_id, gone, active=False, version=2)

    path = f"/{group['id']}/members"
    assert await team[1].refused("POST", path, {"user_ids": [str(assistant)]}) == (403, "conversation_admin_required")
    for unknown in (foreign, gone, new_id()):
        assert await team[0].refused("POST", path, {"user_ids": [str(unknown)]}) == (422, "not_in_business")
        direct = {"kind": "direct", "member_ids": [str(unknown)]}
        assert await team[0].refused("POST", "", direct) == (422, "not_in_business")
    await team[0].ask("POST", f"/{support['id']}/members", {"user_ids": [str(assistant)]})
    people = {"kind": "support", "member_ids": [str(assistant), str(team[2].id)]}
    assert (await team[1].refused("POST", "", people))[0] == 422


async def test_an_assistant_is_never_an_admin_nor_told_or_counted_as_a_reader(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    group = await with_assistant(team[0], assistant, team[1], kind="group")
    path = f"/{group['id']}/members"

    assert await team[0].refused("PATCH", f"{path}/{assistant}", {"role": "admin"}) == (404, "member_not_found")
    sent = await team[0].send(group, f"<@all> and <@{assistant}>")
    assert sent["mentions"] == [str(assistant)]
    await _nothing_for(assistant, messaging, team)
    text = f"<@all> <@{assistant}> again"
    edited = await team[0].ask("PATCH", f"/{group['id']}/messages/{sent['id']}", {"text": text})
    assert edited["mentions"] == [str(assistant)]
    await _nothing_for(assistant, messaging, team)
    # The assistant has been there longer than the person who inherits the group.
    await team[0].ask("DELETE", f"{path}/{team[1].id}")
    await team[0].ask("POST", path, {"user_ids": [str(team[2].id)]})
    await team[0].ask("DELETE", f"{path}/{team[0].id}")
    assert await team[2].members(group) == {str(assistant): "assistant", str(team[2].id): "admin"}


async def _nothing_for(assistant: UUID, messaging: MessagingContext, team: Team) -> None:
    """Neither are mentions of it counted, nor is it told of anything."""
    async with messaging.database.tenant_session(team.tenant_id) as session:
        rows = select(OutboxRow.body).where(OutboxRow.type == MessageSent.type)
        for body in await session.scalars(rows):
            await tell_of_message(session, MessageSent.model_validate(body), messaging)
        for table in (Mention, Notification):
            assert await session.scalar(select(table).where(table.user_id == assistant)) is None


async def test_an_assistant_that_is_deleted_leaves_all_conversations_for_good(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    group = await with_assistant(team[0], assistant, team[1], kind="group")
    direct = await with_assistant(team[0], assistant, kind="direct")

    await tell(messaging, team.tenant_id, assistant, active=False, version=3)
    await tell(messaging, team.tenant_id, assistant, active=True, version=2)

    for conversation in (group, direct):
        assert str(assistant) not in await team[0].members(conversation)
    refused = await team[0].refused("POST", f"/{group['id']}/members", {"user_ids": [str(assistant)]})
    assert refused == (422, "not_in_business")
