"""What ai reads of a question and what becomes of its answer: there is one, it calls nobody, and people come first."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from libs.common.http_client import ServiceHttp, ServiceRefused
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.common.problems import NotFound
from libs.common.security.assertions import AssertionSigner
from libs.contracts.messaging import AssistantQuestion, MessageDeleted, MessagingClient
from services.messaging.context import MessagingContext
from tests.services.messaging.assistants.world import new_assistant, with_assistant
from tests.services.messaging.people import Team, message_path
from tests.services.messaging.world import Business, new_business
from tests.support.identities import SERVICE_KEYS


@pytest.fixture
async def business(messaging: MessagingContext) -> Business:
    """A business of four people."""
    return await new_business(messaging, people=4)


@pytest.fixture
async def assistant(messaging: MessagingContext, team: Team) -> UUID:
    return await new_assistant(messaging, team.tenant_id)


class Ai:
    """ai, which speaks for one assistant."""

    def __init__(self, client: MessagingClient, tenant_id: UUID, assistant_id: UUID) -> None:
        self._client = client
        self._tenant_id = tenant_id
        self.assistant_id = assistant_id

    async def reads(self, message: dict[str, Any]) -> AssistantQuestion:
        place = UUID(message["conversation_id"]), UUID(message["id"])
        return await self._client.get_assistant_question(self._tenant_id, *place, assistant_id=self.assistant_id)

    async def answers(self, message: dict[str, Any], text: str = "At nine.") -> UUID:
        place = UUID(message["conversation_id"]), UUID(message["id"])
        sent = await self._client.send_assistant_answer(
            self._tenant_id, *place, assistant_id=self.assistant_id, text=text
        )
        return sent.message_id


@pytest.fixture
async def client(messaging_url: str) -> AsyncIterator[MessagingClient]:
    http = ServiceHttp("messaging", messaging_url, AssertionSigner("ai", SERVICE_KEYS["ai"]))
    yield MessagingClient(http)
    await http.aclose()


@pytest.fixture
def ai(client: MessagingClient, team: Team, assistant: UUID) -> Ai:
    return Ai(client, team.tenant_id, assistant)


async def test_the_question_comes_without_names_and_with_all_who_will_read_the_answer(team: Team, ai: Ai) -> None:
    group = await with_assistant(team[0], ai.assistant_id, team[1], team[2], kind="group")
    sent = await team[1].send(group, f"<@{ai.assistant_id}> when do we open?")

    question = await ai.reads(sent)

    assert (question.text, question.open) == ("when do we open?", False)
    assert (question.asker.user_id, question.asker.role) == (team[1].id, "member")
    assert {(one.user_id, one.role) for one in question.others} == {(team[0].id, "owner"), (team[2].id, "member")}
    opened = await with_assistant(team[0], ai.assistant_id, kind="group", open=True)
    assert (await ai.reads(await team[0].send(opened, f"<@{ai.assistant_id}> hello"))).open is True


async def test_an_answer_is_a_message_of_the_assistant_where_the_question_stands(team: Team, ai: Ai) -> None:
    direct = await with_assistant(team[1], ai.assistant_id, kind="direct")
    answer = await ai.answers(await team[1].send(direct, "When do we open?"), "At nine.")

    told = (await team[1].history(direct))["items"][-1]

    assert (told["id"], told["sender_id"], told["text"]) == (str(answer), str(ai.assistant_id), "At nine.")
    assert (told["number"], told["thread_root_id"]) == (2, None)
    assert (await team[1].look(direct))["unread"] == 1
    root = await team[1].send(direct, "Something else")
    reply = await team[1].send(direct, "When do we close?", thread_root_id=root["id"])
    await ai.answers(reply, "At five.")
    assert (await team[1].history(direct))["items"][-1]["thread_root_id"] == root["id"]


async def test_in_a_group_the_answer_names_the_asker_and_nobody_whom_its_text_would_name(team: Team, ai: Ai) -> None:
    group = await with_assistant(team[0], ai.assistant_id, team[1], team[2], kind="group")
    sent = await team[1].send(group, f"<@{ai.assistant_id}> who comes?")

    await ai.answers(sent, f"<@all> <@{team[2].id}> come.")

    told = (await team[2].history(group))["items"][-1]
    assert (told["mentions"], told["mentions_all"]) == ([str(team[1].id)], False)
    assert told["text"] == f"<@{team[1].id}> @all> @{team[2].id}> come."
    assert [(await one.look(group))["mentions"] for one in team.people[:3]] == [0, 1, 0]


async def test_there_is_one_answer_however_often_and_by_however_many_it_is_sent(team: Team, ai: Ai) -> None:
    direct = await with_assistant(team[1], ai.assistant_id, kind="direct")
    sent = await team[1].send(direct, "When do we open?")

    answers = await asyncio.gather(*(ai.answers(sent, f"At {number}.") for number in range(5)))

    assert len({*answers, await ai.answers(sent, "At ten.")}) == 1
    assert [one["sender_id"] for one in (await team[1].history(direct))["items"]] == [
        str(team[1].id),
        str(ai.assistant_id),
    ]


async def test_answers_ask_nobody(messaging: MessagingContext, team: Team, client: MessagingClient, ai: Ai) -> None:
    other = Ai(client, team.tenant_id, await new_assistant(messaging, team.tenant_id))
    support = await with_assistant(team[1], ai.assistant_id, kind="support")
    await team[0].ask("POST", f"/{support['id']}/members", {"user_ids": [str(other.assistant_id)]})
    sent = await team[1].send(support, f"<@{other.assistant_id}> hello")
    await other.answers(sent, f"Ask <@{ai.assistant_id}>")

    async with messaging.database.tenant_session(team.tenant_id) as session:
        rows = select(OutboxRow.body).where(OutboxRow.type == "messaging.assistant.asked.v1")
        assert [body["message_id"] for body in await session.scalars(rows)] == [sent["id"]]
    # It took over from nobody either.
    assert (await ai.reads(await team[1].send(support, "And now?"))).text == "And now?"


async def test_once_a_person_has_answered_in_support_the_assistant_says_no_more(team: Team, ai: Ai) -> None:
    support = await with_assistant(team[1], ai.assistant_id, kind="support")
    late = await team[1].send(support, "My order is late.")
    named = await team[1].send(support, f"<@{ai.assistant_id}> where is it?")
    await team[0].send(support, "I shall look.")

    for act in (ai.reads, ai.answers):
        with pytest.raises(NotFound):
            await act(late)
    assert (await ai.reads(named)).text == "where is it?"


async def test_what_is_deleted_or_left_is_not_answered(team: Team, ai: Ai) -> None:
    group = await with_assistant(team[0], ai.assistant_id, team[1], team[2], kind="group")
    deleted, of_one_who_left = [await team[1].send(group, f"<@{ai.assistant_id}> hello") for _ in range(2)]
    await team[1].ask("DELETE", message_path(deleted))
    with pytest.raises(NotFound):
        await ai.answers(deleted)
    await team[1].ask("DELETE", f"/{group['id']}/members/{team[1].id}")
    with pytest.raises(NotFound):
        await ai.reads(of_one_who_left)
    present = await team[2].send(group, f"<@{ai.assistant_id}> hello")
    await team[0].ask("PUT", f"/{group['id']}/archive")
    with pytest.raises(ServiceRefused):
        await ai.answers(present)
    await team[0].ask("DELETE", f"/{group['id']}/archive")
    await team[0].ask("DELETE", f"/{group['id']}/members/{ai.assistant_id}")
    for act in (ai.reads, ai.answers):
        with pytest.raises(NotFound):
            await act(present)


async def test_ai_speaks_for_no_person_and_in_no_other_business(team: Team, client: MessagingClient, ai: Ai) -> None:
    group = await with_assistant(team[0], ai.assistant_id, team[1], kind="group")
    sent = await team[1].send(group, f"<@{ai.assistant_id}> hello")
    for tenant_id, speaker in ((team.tenant_id, team[0].id), (new_id(), ai.assistant_id)):
        with pytest.raises(NotFound):
            await Ai(client, tenant_id, speaker).answers(sent)
    assert len((await team[0].history(group))["items"]) == 1


async def test_a_deleted_message_is_told_of_so_that_copies_go_too(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group, "secret")
    for _ in range(2):
        await team[0].ask("DELETE", message_path(sent))
    async with messaging.database.tenant_session(team.tenant_id) as session:
        rows = await session.scalars(select(OutboxRow.body).where(OutboxRow.type == MessageDeleted.type))
        assert [body["message_id"] for body in rows] == [sent["id"]]
