"""People are told of what concerns them: once each, over their own stream, and only as far as they want."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from libs.common.consumer import Consumer
from libs.common.events import Event
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from libs.common.messages import Delivery
from libs.common.platform_tables import OutboxRow
from libs.common.sweeps import purge_sweeps, run_sweep
from libs.contracts.ai import DocumentSuspicious
from libs.contracts.billing import SubscriptionChanged, TrialEnding
from libs.contracts.messaging import MessageSent
from libs.contracts.provisioner import DeploymentChanged
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.notifications.models import KEPT, Notification
from services.messaging.stream.models import StreamEvent
from tests.services.messaging.people import Person, Team, message_path, opened_team
from tests.services.messaging.world import join_business, new_business


async def deliver(context: MessagingContext, *events: Event) -> None:
    """What the worker does with events of its queue."""
    consumer = Consumer("messaging", SERVICE.handlers(context), database=context.database, bus=context.bus)
    for event in events:
        body, name = event.model_dump_json(), str(event.id)
        await consumer.apply(Delivery(receipt=name, message_id=name, type=event.type, body=body, receive_count=1))


async def announced(context: MessagingContext, tenant_id: UUID) -> list[MessageSent]:
    """What was announced of messages, in order."""
    async with context.database.tenant_session(tenant_id) as session:
        rows = select(OutboxRow.body).where(OutboxRow.type == MessageSent.type).order_by(OutboxRow.position)
        return [MessageSent.model_validate(body) for body in await session.scalars(rows)]


async def listed(person: Person, **query: Any) -> dict[str, Any]:
    response = await person.client.get("/v1/notifications", params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def kinds(person: Person) -> list[str]:
    """What the person was told, but for being added, the newest first."""
    items = (await listed(person))["items"]
    return [one["kind"] for one in items if one["kind"] != "added_to_conversation"]


async def prefer(person: Person, **wanted: bool) -> dict[str, bool]:
    response = await person.client.put("/v1/notifications/preferences", json={"wanted": wanted})
    assert response.status_code == 200, response.text
    answer: dict[str, bool] = response.json()["wanted"]
    return answer


async def own_events(context: MessagingContext, person: Person, kind: str) -> list[StreamEvent]:
    async with context.database.tenant_session(person.tenant_id) as session:
        rows = select(StreamEvent).where(StreamEvent.stream_id == person.id, StreamEvent.kind == kind)
        return list(await session.scalars(rows.order_by(StreamEvent.seq)))


async def test_who_is_named_is_told_and_nobody_else(messaging: MessagingContext, team: Team) -> None:
    ada, bob, eve = team[0], team[1], team[2]
    group = await ada.group(bob, eve)
    sent = await ada.send(group, f"Look, <@{bob.id}> and <@{ada.id}>")

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    [told] = [one for one in (await listed(bob))["items"] if one["kind"] == "mention"]
    [event] = [
        one
        for one in await own_events(messaging, bob, "notification.created")
        if one.data["notification"]["kind"] == "mention"
    ]
    assert told["data"] == {
        "conversation_id": group["id"],
        "message_id": sent["id"],
        "sender_id": str(ada.id),
        "thread_root_id": None,
    }
    assert (event.seq, event.data["notification"]["id"]) == (told["seq"], told["id"])
    assert (await kinds(ada), await kinds(eve)) == ([], [])


async def test_everyone_named_at_once_is_told_but_for_the_sender(messaging: MessagingContext, team: Team) -> None:
    group = await team[0].group(team[1], team[2])
    await team[0].send(group, "Lunch, <@all>")

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert [await kinds(person) for person in team.people] == [[], ["mention"], ["mention"]]


async def test_the_other_person_of_a_direct_conversation_is_told(messaging: MessagingContext, team: Team) -> None:
    direct = await team[0].direct(team[1])
    await team[0].send(direct)

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert [await kinds(person) for person in team.people] == [[], ["direct_message"], []]


async def test_those_who_wrote_in_a_thread_are_told_of_replies_and_who_is_named_there_as_named(
    messaging: MessagingContext, team: Team
) -> None:
    ada, bob, eve = team[0], team[1], team[2]
    group = await ada.group(bob, eve)
    root = await ada.send(group)
    await bob.send(group, "first", thread_root_id=root["id"])
    await eve.send(group, f"second, <@{ada.id}>", thread_root_id=root["id"])

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert [await kinds(person) for person in team.people] == [["mention", "thread_reply"], ["thread_reply"], []]


async def test_a_message_that_concerns_nobody_in_particular_announces_nothing(
    messaging: MessagingContext, team: Team
) -> None:
    group = await team[0].group(team[1])

    await team[0].send(group)
    await team[0].send(group, f"myself: <@{team[0].id}>")

    assert await announced(messaging, team.tenant_id) == []


async def test_an_event_notifies_once_however_often_it_comes_and_by_whatever_id(
    messaging: MessagingContext, team: Team
) -> None:
    await team[0].send(await team[0].direct(team[1]))
    [event] = await announced(messaging, team.tenant_id)

    await deliver(messaging, event, event, event.model_copy(update={"id": new_id()}))

    assert await kinds(team[1]) == ["direct_message"]
    assert len(await own_events(messaging, team[1], "notification.created")) == 1


async def test_a_worker_that_dies_before_its_commit_has_told_nothing_and_the_next_one_tells(
    messaging: MessagingContext, team: Team
) -> None:
    await team[0].send(await team[0].direct(team[1]))
    [event] = await announced(messaging, team.tenant_id)
    configure_failpoints("consumer.commit.before:1:raise")
    with pytest.raises(FailpointReached):
        await deliver(messaging, event)
    configure_failpoints("")

    before = await kinds(team[1])
    await deliver(messaging, event)

    assert (before, await kinds(team[1])) == ([], ["direct_message"])


async def test_what_was_read_or_deleted_meanwhile_is_told_to_nobody(messaging: MessagingContext, team: Team) -> None:
    ada, bob = team[0], team[1]
    direct = await ada.direct(bob)
    read = await ada.send(direct)
    await bob.ask("PUT", f"/{direct['id']}/read", {"seq": read["seq"]})
    deleted = await ada.send(direct)
    await ada.ask("DELETE", message_path(deleted))

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert await kinds(bob) == []


async def test_a_muted_conversation_tells_nothing(messaging: MessagingContext, team: Team) -> None:
    ada, bob = team[0], team[1]
    direct = await ada.direct(bob)
    await bob.ask("PUT", f"/{direct['id']}/mute", {"muted_until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()})
    await ada.send(direct)

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert await kinds(bob) == []


async def test_who_left_the_conversation_is_told_nothing(messaging: MessagingContext, team: Team) -> None:
    ada, bob = team[0], team[1]
    group = await ada.group(bob, team[2])
    await ada.send(group, f"<@{bob.id}>")
    await ada.ask("DELETE", f"/{group['id']}/members/{bob.id}")

    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert await kinds(bob) == []


async def test_a_kind_that_is_switched_off_is_not_told_and_the_others_are(
    messaging: MessagingContext, team: Team
) -> None:
    ada, bob = team[0], team[1]
    group = await ada.group(bob)

    said = await prefer(bob, mention=False)
    await ada.send(group, f"<@{bob.id}>")
    await ada.send(await ada.direct(bob))
    await deliver(messaging, *await announced(messaging, team.tenant_id))

    assert (said["mention"], said["direct_message"], len(said)) == (False, True, 9)
    assert await kinds(bob) == ["direct_message"]
    assert (await prefer(bob, mention=True))["mention"]


async def test_who_is_added_by_someone_else_is_told_and_again_after_having_left(team: Team) -> None:
    ada, bob = team[0], team[1]
    group = await ada.group(bob)
    await ada.ask("DELETE", f"/{group['id']}/members/{bob.id}")
    await ada.ask("POST", f"/{group['id']}/members", {"user_ids": [str(bob.id)]})

    items = (await listed(bob))["items"]

    assert [one["kind"] for one in items] == ["added_to_conversation"] * 2
    assert items[0]["data"] == {"conversation_id": group["id"], "by": str(ada.id)}
    assert (await listed(ada))["items"] == []
    await ada.direct(team[2])
    assert (await listed(team[2]))["items"] == []


async def test_the_platform_s_events_are_told_to_owners_and_admins(messaging: MessagingContext, team: Team) -> None:
    tenant_id, admin = team.tenant_id, new_id()
    await join_business(messaging, tenant_id, admin, role="admin")
    trial = TrialEnding(tenant_id=tenant_id, days_left=3)
    deployment, stack, subscription = new_id(), new_id(), new_id()

    def deployed(status: str, version: int) -> DeploymentChanged:
        return DeploymentChanged.model_validate(
            {
                "tenant_id": tenant_id,
                "deployment_id": deployment,
                "stack_id": stack,
                "kind": "create",
                "status": status,
                "version": version,
            }
        )

    def subscribed(status: str, before: str, version: int) -> SubscriptionChanged:
        return SubscriptionChanged(
            tenant_id=tenant_id,
            subscription_id=subscription,
            plan="starter",
            status=status,
            before=before,
            cancel_at_period_end=False,
            version=version,
        )

    await deliver(
        messaging,
        trial,
        trial,
        deployed("running", 1),
        deployed("needs_operator", 2),
        deployed("rolled_back", 3),
        deployed("succeeded", 4),
        subscribed("past_due", "active", 1),
        subscribed("past_due", "past_due", 2),
        subscribed("active", "past_due", 3),
    )

    expected = ["payment_failed", "deployment_succeeded", "deployment_failed", "trial_ending"]
    assert await kinds(team[0]) == expected
    assert await kinds(team[1]) == []
    assert (await listed(team[0]))["items"][-1]["data"] == {"days_left": 3}
    async with messaging.database.tenant_session(tenant_id) as session:
        of_admin = select(Notification.kind).where(Notification.user_id == admin).order_by(Notification.seq.desc())
        assert list(await session.scalars(of_admin)) == expected


async def test_owners_and_admins_are_told_once_of_a_suspicious_document(
    messaging: MessagingContext, team: Team
) -> None:
    base, document = new_id(), new_id()

    def suspicious(count: int) -> DocumentSuspicious:
        return DocumentSuspicious(tenant_id=team.tenant_id, knowledge_base_id=base, document_id=document, count=count)

    await deliver(messaging, suspicious(2), suspicious(3))

    [told] = (await listed(team[0]))["items"]
    expected = {"knowledge_base_id": str(base), "document_id": str(document), "count": 2}
    assert (told["kind"], told["data"]) == ("document_suspicious", expected)
    assert await kinds(team[1]) == []


async def test_reading_counts_down_and_tells_the_other_devices(messaging: MessagingContext, team: Team) -> None:
    ada, bob = team[0], team[1]
    direct = await ada.direct(bob)
    for _ in range(3):
        await ada.send(direct)
    await deliver(messaging, *await announced(messaging, team.tenant_id))
    first = await listed(bob, limit=2)
    rest = await listed(bob, limit=2, cursor=first["next_cursor"])

    read = await bob.client.put("/v1/notifications/read", json={"up_to": first["items"][1]["seq"]})
    again = await bob.client.put("/v1/notifications/read", json={"up_to": first["items"][1]["seq"]})

    assert (first["unread"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, 1, None)
    assert read.json() == again.json() == {"unread": 1}
    assert [one["read_at"] is None for one in (await listed(bob))["items"]] == [True, False, False]
    assert [one.data["unread"] for one in await own_events(messaging, bob, "notification.read")] == [1]


async def test_a_person_s_notifications_are_theirs_alone(
    messaging: MessagingContext, team: Team, messaging_url: str
) -> None:
    await team[0].send(await team[0].direct(team[1]))
    await deliver(messaging, *await announced(messaging, team.tenant_id))
    page = await listed(team[1], limit=1)
    strangers = await new_business(messaging)

    async with opened_team(messaging_url, strangers) as others:
        assert (await listed(others[0]))["items"] == []
    assert await kinds(team[2]) == []
    cursor = messaging.cursors.encode([10**6], tenant_id=team.tenant_id, query=f"notifications:{team[1].id}")
    refused = await team[2].client.get("/v1/notifications", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")
    assert page["unread"] == 1


async def test_notifications_go_after_ninety_days(messaging: MessagingContext, team: Team) -> None:
    ada, bob = team[0], team[1]
    direct = await ada.direct(bob)
    await ada.send(direct)
    await deliver(messaging, *await announced(messaging, team.tenant_id))
    async with messaging.database.tenant_session(team.tenant_id) as session:
        await session.execute(update(Notification).values(created_at=Notification.created_at - KEPT))
    await ada.send(direct)
    await deliver(messaging, *await announced(messaging, team.tenant_id))

    [sweep] = [one for one in purge_sweeps(SERVICE.tables) if one.name == "purge.notification"]
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)

    assert len(await kinds(bob)) == 1
