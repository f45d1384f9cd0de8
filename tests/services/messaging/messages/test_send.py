"""A message that was acknowledged is durable, and there is one of it, however often it is sent."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.messages.models import Message
from services.messaging.messages.service import send_message
from services.messaging.stream.models import StreamEvent
from tests.services.messaging.people import Team


async def test_a_message_reads_as_it_was_sent(team: Team) -> None:
    group = await team[0].group(team[1])
    sent = await team[0].send(group, "  Grüße vom **Bäcker** 🥨 ")

    assert sent["text"] == "Grüße vom **Bäcker** 🥨"
    assert (sent["number"], sent["revision"], sent["reply_count"]) == (1, 1, 0)
    assert sent["version"] == sent["seq"] == group["seq"] + 1
    assert await team[1].ask("GET", f"/{group['id']}/messages/{sent['id']}") == sent
    assert (await team[1].history(group))["items"] == [sent]


async def test_nothing_of_the_text_stands_in_the_database(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1], title="Geheimnis")
    sent = await team[0].send(group, "Geheimnis")
    async with messaging.database.tenant_session(team.tenant_id) as session:
        message = await session.get_one(Message, (team.tenant_id, UUID(sent["id"])))
        events = (
            await session.scalars(select(StreamEvent).where(StreamEvent.stream_id == message.conversation_id))
        ).all()
    assert message.text is not None
    assert b"Geheimnis" not in message.text
    assert not [event for event in events if "Geheimnis" in str(event.data) or b"Geheimnis" in (event.sealed or b"")]
    assert [event.sealed for event in events if event.kind == "message.created"] == [message.text]


async def test_a_resend_gives_the_first_message_whatever_it_says(team: Team) -> None:
    group, other = await team[0].group(team[1]), await team[0].group(team[1])
    body = {"client_message_id": str(new_id()), "text": "first"}
    first = await team[0].call("POST", f"/{group['id']}/messages", body)
    again = [
        await team[0].call("POST", f"/{one['id']}/messages", body | {"text": text})
        for one, text in ((group, "first"), (group, "second"), (other, "third"))
    ]

    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    assert [(one.status_code, one.headers["Idempotent-Replayed"], one.json()) for one in again] == [
        (200, "true", first.json())
    ] * 3
    assert (await team[1].history(other))["items"] == []
    # Another person's id is another message.
    assert (await team[1].call("POST", f"/{group['id']}/messages", body)).status_code == 201


async def test_resends_at_the_same_moment_make_one_message(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1])
    body = {"client_message_id": str(new_id()), "text": "once"}
    answers = await asyncio.gather(
        *(team[0].call("POST", f"/{group['id']}/messages", body) for _ in range(8)),
    )

    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.text for one in answers}) == 1
    page = await team[1].history(group)
    assert (len(page["items"]), page["seq"]) == (1, group["seq"] + 1)
    async with messaging.database.tenant_session(team.tenant_id) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 1


async def test_messages_at_the_same_moment_have_numbers_without_a_gap(team: Team) -> None:
    group = await team[0].group(team[1], team[2])
    await asyncio.gather(*(team[number % 3].send(group, str(number)) for number in range(15)))

    page = await team[0].history(group)
    assert [one["number"] for one in page["items"]] == list(range(1, 16))
    assert [one["seq"] for one in page["items"]] == list(range(group["seq"] + 1, group["seq"] + 16))


async def test_a_message_that_was_not_committed_was_never_there(messaging: MessagingContext, team: Team) -> None:
    group, client_message_id = await team[0].group(team[1]), new_id()

    async def send() -> bool:
        sent = await send_message(
            messaging,
            tenant_id=team.tenant_id,
            sender_id=team[0].id,
            conversation_id=UUID(group["id"]),
            client_message_id=client_message_id,
            text="Hallo",
        )
        return sent.replayed

    await messaging.rings.ring(team.tenant_id)
    configure_failpoints("database.commit.before:1:raise")
    try:
        await send()
    except FailpointReached:
        configure_failpoints("")
    assert (await team[1].history(group))["items"] == []
    assert await send() is False
    assert await send() is True


async def test_a_message_needs_text_of_a_good_length(team: Team) -> None:
    group = await team[0].group()
    for text, pointer in (("", "/text"), (" \n ", "/text"), ("x" * 10_001, "/text")):
        body = {"client_message_id": str(new_id()), "text": text}
        answer = await team[0].call("POST", f"/{group['id']}/messages", body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await team[0].send(group, "x" * 10_000))["number"] == 1


async def test_what_is_attached_must_have_been_uploaded(team: Team) -> None:
    group = await team[0].group()
    body = {"client_message_id": str(new_id()), "text": "see", "attachment_ids": [str(new_id())]}
    answer = await team[0].call("POST", f"/{group['id']}/messages", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/attachment_ids/0"
    assert (await team[0].history(group))["items"] == []


async def test_replies_hang_on_the_message_that_began_the_thread(team: Team) -> None:
    group, other = await team[0].group(team[1]), await team[0].group(team[1])
    root, elsewhere = await team[0].send(group, "root"), await team[0].send(other, "elsewhere")
    replies = [await team[1].send(group, str(number), thread_root_id=root["id"]) for number in range(3)]

    began = await team[0].ask("GET", f"/{group['id']}/messages/{root['id']}")
    assert (began["reply_count"], began["last_reply_at"]) == (3, replies[-1]["created_at"])
    assert began["version"] == replies[-1]["seq"]
    thread = await team[0].ask("GET", f"/{group['id']}/messages/{root['id']}/replies", limit=2)
    assert thread["items"] == replies[1:]
    assert (thread["has_before"], thread["has_after"]) == (True, False)
    for wrong in (replies[0]["id"], elsewhere["id"], str(new_id())):
        body = {"client_message_id": str(new_id()), "text": "no", "thread_root_id": wrong}
        answer = await team[0].call("POST", f"/{group['id']}/messages", body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/thread_root_id")
    assert (await team[0].history(group))["seq"] == replies[-1]["seq"]


async def test_members_are_named_and_strangers_are_not(team: Team) -> None:
    group = await team[0].group(team[1])
    text = f"<@{team[1].id}> <@{team[2].id}> <@{team[1].id}> <@{new_id()}> <@nobody>"

    sent = await team[0].send(group, text)

    assert (sent["mentions"], sent["mentions_all"], sent["text"]) == ([str(team[1].id)], False, text)
    assert (await team[1].look(group))["mentions"] == 1


async def test_everyone_is_named_in_a_group_and_not_in_a_direct_conversation(team: Team) -> None:
    group, direct = await team[0].group(team[1], team[2]), await team[0].direct(team[1])

    assert (await team[0].send(group, "<@all> lunch"))["mentions_all"] is True
    assert (await team[0].send(direct, "<@all> lunch"))["mentions_all"] is False

    assert [(await one.look(group))["mentions"] for one in team.people] == [0, 1, 1]
    assert (await team[1].look(direct))["mentions"] == 0
