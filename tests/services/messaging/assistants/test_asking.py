"""An assistant is asked by the messages that are for it, once each, and leaves a support conversation to people."""

from uuid import UUID

import pytest

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.messages.service import send_message
from services.messaging.messages.texts import without_mentions
from tests.services.messaging.assistants.world import asked, messages_asked, new_assistant, with_assistant
from tests.services.messaging.people import Team


@pytest.fixture
async def assistant(messaging: MessagingContext, team: Team) -> UUID:
    return await new_assistant(messaging, team.tenant_id)


async def test_in_a_group_an_assistant_is_asked_by_its_name_alone(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    group = await with_assistant(team[0], assistant, team[1], kind="group")
    await team[1].send(group, "When do we open?")
    await team[1].send(group, "<@all> when do we open?")
    sent = await team[1].send(group, f"<@{assistant}> when do we open?")

    [one] = await asked(messaging, team.tenant_id)

    assert (one.conversation_id, one.assistant_id, one.asker_id) == (UUID(group["id"]), assistant, team[1].id)
    assert (str(one.message_id), one.seq) == (sent["id"], sent["seq"])


async def test_a_name_alone_asks_nothing(messaging: MessagingContext, team: Team, assistant: UUID) -> None:
    group = await with_assistant(team[0], assistant, kind="group")
    await team[0].send(group, f" <@{assistant}>, <@{team[0].id}>: ")
    assert await asked(messaging, team.tenant_id) == []


async def test_each_assistant_that_is_named_is_asked(messaging: MessagingContext, team: Team, assistant: UUID) -> None:
    other, absent = [await new_assistant(messaging, team.tenant_id) for _ in range(2)]
    group = await with_assistant(team[0], assistant, kind="group")
    await team[0].ask("POST", f"/{group['id']}/members", {"user_ids": [str(other)]})

    await team[0].send(group, f"<@{assistant}> <@{other}> <@{absent}> hello")

    assert {one.assistant_id for one in await asked(messaging, team.tenant_id)} == {assistant, other}


async def test_in_a_direct_conversation_every_message_asks(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    direct = await with_assistant(team[1], assistant, kind="direct")
    sent = [await team[1].send(direct, text) for text in ("Hello", "When do we open?")]
    assert await messages_asked(messaging, team.tenant_id) == [one["id"] for one in sent]


async def test_where_no_assistant_takes_part_nobody_is_asked(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    await team[1].send(await team[1].group(team[0]), f"<@{assistant}> hello")
    await team[1].send(await team[1].opened(kind="support"), "Hello")
    assert await asked(messaging, team.tenant_id) == []


async def test_in_support_it_answers_until_a_person_does_and_again_once_it_is_named(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    owner, customer = team[0], team[1]
    support = await with_assistant(customer, assistant, kind="support")

    first = await customer.send(support, "My order is late.")
    await owner.send(support, "I shall look.")
    await customer.send(support, "Thank you!")
    by_owner = await owner.send(support, f"<@{assistant}> how long does delivery take?")
    again = await customer.send(support, "And on Sundays?")
    await owner.send(support, "Never on Sundays.")
    await customer.send(support, "A pity.")
    by_customer = await customer.send(support, f"<@{assistant}> is that true?")

    expected = [first, by_owner, again, by_customer]
    assert await messages_asked(messaging, team.tenant_id) == [one["id"] for one in expected]


async def test_what_is_written_to_a_person_in_support_is_not_for_the_assistant(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    support = await with_assistant(team[1], assistant, kind="support")

    await team[1].send(support, f"<@{team[0].id}> are you there?")
    sent = await team[1].send(support, "Hello?")

    assert await messages_asked(messaging, team.tenant_id) == [sent["id"]]


async def test_of_several_assistants_in_support_one_answers_what_names_none(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    support = await with_assistant(team[1], assistant, kind="support")
    second = await new_assistant(messaging, team.tenant_id)
    await team[0].ask("POST", f"/{support['id']}/members", {"user_ids": [str(second)]})

    await team[1].send(support, "Hello")

    assert [one.assistant_id for one in await asked(messaging, team.tenant_id)] == [assistant]


async def test_a_message_that_was_not_committed_asks_nothing_and_its_resends_ask_once(
    messaging: MessagingContext, team: Team, assistant: UUID
) -> None:
    direct, client_message_id = await with_assistant(team[1], assistant, kind="direct"), new_id()

    async def send() -> None:
        await send_message(
            messaging,
            tenant_id=team.tenant_id,
            sender_id=team[1].id,
            conversation_id=UUID(direct["id"]),
            client_message_id=client_message_id,
            text="Hello",
        )

    await messaging.rings.ring(team.tenant_id)
    configure_failpoints("database.commit.before:1:raise")
    with pytest.raises(FailpointReached):
        await send()
    configure_failpoints("")
    before = await asked(messaging, team.tenant_id)
    await send()
    await send()

    assert (before, len(await asked(messaging, team.tenant_id))) == ([], 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@0198c0de-0000-7000-8000-000000000001>, when do\nwe open?", "when do\nwe open?"),
        ("does <@0198c0de-0000-7000-8000-000000000001> know", "does know"),
        (" <@all> : ", ""),
        ("5 - 3", "5 - 3"),
    ],
)
def test_what_is_asked_has_no_names_in_it(text: str, said: str) -> None:
    assert without_mentions(text) == said
