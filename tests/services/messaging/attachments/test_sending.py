"""Files hang on messages: who sees them, what a verdict changes, and what becomes of them with the message."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select

from libs.common.failpoints import FailpointReached, configure_failpoints
from services.messaging.stream.models import StreamEvent
from services.messaging.stream.wire import carried, event_frame
from tests.services.messaging.attachments.files import Files
from tests.services.messaging.attachments.images import photo
from tests.services.messaging.people import Person, message_path, opened_team
from tests.services.messaging.world import new_business

DENIED = (404, "conversation_not_found")


async def _sent(files: Files, *attachment_ids: str, **fields: Any) -> dict[str, Any]:
    return await files.team[0].send(files.conversation, attachment_ids=list(attachment_ids), **fields)


async def _read(files: Files, by: Person) -> list[dict[str, Any]]:
    return list((await by.history(files.conversation))["items"])


async def test_a_message_brings_its_files_in_their_order_to_all_who_take_part(files: Files) -> None:
    ada, bob = files.team[0], files.team[1]
    text = await files.checked(ada, file_name="b.txt")
    image = await files.checked(ada, photo(100, 50), content_type="image/jpeg", file_name="a.jpg")

    sent = await _sent(files, image["id"], text["id"])

    [message] = await _read(files, bob)
    assert sent["attachments"] == message["attachments"] == [image, text]
    assert [one["file_name"] for one in message["attachments"]] == ["a.jpg", "b.txt"]
    assert (await files.download(bob, text["id"])).content == b"hello"
    assert await files.state(bob, image["id"]) == image


async def test_a_message_may_be_nothing_but_a_file(files: Files) -> None:
    checked = await files.checked(files.team[0])

    assert (await _sent(files, checked["id"], text=""))["attachments"] == [checked]


async def test_what_was_not_sent_is_its_uploader_s_alone(files: Files) -> None:
    ada, bob = files.team[0], files.team[1]
    checked = await files.checked(ada)
    path = f"{files.root}/{checked['id']}"

    for method, where in (("GET", path), ("GET", f"{path}/download"), ("POST", f"{path}/complete")):
        assert await bob.refused(method, where) == (404, "attachment_not_found")
    body = {"client_message_id": str(uuid4()), "text": "mine", "attachment_ids": [checked["id"]]}
    assert await bob.refused("POST", f"/{files.conversation['id']}/messages", body) == (
        422,
        "attachment_not_attachable",
    )


async def test_who_takes_no_part_and_who_is_of_another_business_see_nothing(files: Files, messaging_url: str) -> None:
    checked = await files.checked(files.team[0])
    await _sent(files, checked["id"])
    strangers = await new_business(files.context)
    path = f"{files.root}/{checked['id']}"

    async with opened_team(messaging_url, strangers) as other:
        for person in (files.team[2], other[0]):
            assert await person.refused("GET", path) == DENIED
            assert await person.refused("GET", f"{path}/download") == DENIED
            assert await person.refused("POST", f"{path}/complete") == DENIED
            body = {"file_name": "a", "size": 1, "content_type": "text/plain", "sha256": "0" * 64}
            assert await person.refused("POST", files.root, body) == DENIED
        theirs = await other[0].group(other[1])
        assert await other[0].refused("GET", f"/{theirs['id']}/attachments/{checked['id']}") == (
            404,
            "attachment_not_found",
        )


async def test_who_may_only_look_downloads_but_uploads_nothing(files: Files) -> None:
    checked = await files.checked(files.team[0])
    await _sent(files, checked["id"])

    assert (await files.download(files.team.viewer, checked["id"])).content == b"hello"
    body = {"file_name": "a", "size": 1, "content_type": "text/plain", "sha256": "0" * 64}
    assert (await files.team.viewer.refused("POST", files.root, body))[0] == 403


async def test_a_file_is_sent_once_and_only_where_it_was_uploaded_to(files: Files) -> None:
    ada = files.team[0]
    first, unfinished = await files.checked(ada), await files.uploaded(ada)
    refused = await files.checked(ada, b"no picture", content_type="image/png")
    elsewhere = await ada.group(files.team[1], title="Elsewhere")
    await _sent(files, first["id"])
    second = await files.checked(ada)

    for conversation, ids in (
        (files.conversation, [first["id"]]),
        (files.conversation, [unfinished]),
        (files.conversation, [refused["id"]]),
        (files.conversation, [second["id"], second["id"]]),
        (elsewhere, [second["id"]]),
    ):
        body = {"client_message_id": str(uuid4()), "text": "x", "attachment_ids": ids}
        answer = await ada.refused("POST", f"/{conversation['id']}/messages", body)
        assert answer == (422, "attachment_not_attachable")
    assert len(await _read(files, ada)) == 1


async def test_a_message_that_is_sent_again_keeps_its_files(files: Files) -> None:
    checked, client_message_id = await files.checked(files.team[0]), str(uuid4())

    first = await _sent(files, checked["id"], client_message_id=client_message_id)
    again = await _sent(files, checked["id"], client_message_id=client_message_id)

    assert first == again


async def test_a_verdict_that_comes_after_the_message_reaches_its_readers_as_a_change_of_it(files: Files) -> None:
    ada, bob = files.team[0], files.team[1]
    good = await files.completed(ada)
    bad = await files.completed(ada, b"no picture", content_type="image/png")
    sent = await _sent(files, good, bad)

    await files.look()

    [message] = await _read(files, bob)
    updates = await files.events("message.updated")
    assert [one["state"] for one in sent["attachments"]] == ["checking", "checking"]
    assert [one["state"] for one in message["attachments"]] == ["ready", "refused"]
    assert [one["state"] for one in updates[-1]["attachments"]] == ["ready", "refused"]
    assert message["version"] == sent["version"] + len(updates) == sent["version"] + 2


async def test_the_frame_of_an_event_names_the_files_and_the_row_does_not(files: Files) -> None:
    checked = await files.checked(files.team[0], file_name="Gehälter.pdf")
    await _sent(files, checked["id"])
    async with files.context.database.tenant_session(files.team.tenant_id) as session:
        event = await session.scalar(select(StreamEvent).where(StreamEvent.kind == "message.created"))
    assert event is not None

    frame = event_frame(carried(event, uuid4()), await files.context.rings.ring(files.team.tenant_id))

    assert orjson.loads(frame)["data"]["attachments"] == [checked]
    assert "Gehälter" not in str(event.data)


async def test_deleting_a_message_deletes_its_files_and_gives_their_storage_back(files: Files) -> None:
    ada, bob = files.team[0], files.team[1]
    image = await files.checked(ada, photo(100, 50), content_type="image/jpeg")
    waiting = await files.completed(ada)
    sent = await _sent(files, image["id"], waiting)

    await ada.ask("DELETE", message_path(sent))
    gone = await bob.refused("GET", f"{files.root}/{image['id']}")
    await files.look()

    taken, given = await files.usage()
    assert gone == (404, "attachment_not_found")
    assert (await _read(files, bob))[0]["attachments"] == []
    assert (await files.events("message.created"))[0]["attachments"] == []
    assert (await files.keys(), await files.count()) == ([], 0)
    assert taken == -given > 0


async def test_a_worker_that_dies_while_it_deletes_gives_storage_back_once(files: Files) -> None:
    ada = files.team[0]
    sent = await _sent(files, (checked := await files.checked(ada))["id"])
    await ada.ask("DELETE", message_path(sent))
    configure_failpoints("attachments.delete.after:1:raise")
    with pytest.raises(FailpointReached):
        await files.look()
    configure_failpoints("")

    await files.shift(checked["id"], minutes=5)
    await files.look()

    assert await files.usage() == [5, -5]
    assert (await files.keys(), await files.count()) == ([], 0)


async def test_a_file_whose_message_is_deleted_during_its_check_leaves_nothing(files: Files) -> None:
    ada = files.team[0]
    waiting = await files.completed(ada)
    sent = await _sent(files, waiting)
    configure_failpoints("attachments.settle.before:1:raise")
    with pytest.raises(FailpointReached):
        await files.look()
    configure_failpoints("")

    await ada.ask("DELETE", message_path(sent))
    await files.look()  # it is still leased to the worker that died
    left = await files.count()
    await files.shift(waiting, minutes=5)
    await files.look()

    assert left == 1
    assert (await files.keys(), await files.count(), await files.usage()) == ([], 0, [])


async def test_what_is_not_sent_within_a_day_is_deleted_and_what_was_sent_stays(files: Files) -> None:
    ada = files.team[0]
    kept, forgotten = await files.checked(ada), await files.checked(ada)
    unfinished = await files.uploaded(ada)
    await _sent(files, kept["id"])

    for attachment_id in (kept["id"], forgotten["id"], unfinished):
        await files.shift(attachment_id, hours=25)
    await files.look()

    assert await files.count() == 1
    assert (await files.state(ada, kept["id"]))["state"] == "ready"
    assert await files.due_at(kept["id"]) is None
    assert len(await files.keys()) == 1
    assert await files.usage() == [5, 5, -5]


async def test_a_link_lasts_five_minutes_and_opens_this_one_file(files: Files) -> None:
    ada = files.team[0]
    one, other = await files.checked(ada), await files.checked(ada, b"other")
    link = await ada.ask("GET", f"{files.root}/{one['id']}/download")

    def altered(old: str, new: str) -> str:
        return str(link["url"]).replace(old, new)

    assert (await ada.client.get(link["url"])).status_code == 200
    assert (await ada.client.get(altered(one["id"], other["id"]))).status_code == 403
    assert (await ada.client.get(altered("expires=1", "expires=2"))).status_code == 403
    assert datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC) <= timedelta(minutes=5)
    expired = await ada.client.get(files.expired_link(one["id"]))
    assert (expired.status_code, expired.json()["code"]) == (403, "url_expired")


async def test_an_archived_conversation_takes_no_files(files: Files) -> None:
    ada = files.team[0]
    waiting = await files.uploaded(ada)
    await ada.ask("PUT", f"/{files.conversation['id']}/archive")

    body = {"file_name": "a", "size": 1, "content_type": "text/plain", "sha256": "0" * 64}
    assert await ada.refused("POST", files.root, body) == (409, "conversation_archived")
    assert await ada.refused("POST", f"{files.root}/{waiting}/complete") == (409, "conversation_archived")
