"""A file goes into quarantine, is judged, and is given out only from where nobody could write."""

import asyncio
import hashlib
from dataclasses import replace
from uuid import UUID

import pytest

from libs.adapters.malware import ClamdSettings, make_scanner
from libs.common.failpoints import FailpointReached, configure_failpoints
from services.messaging.attachments.checking import MAX_ATTEMPTS, look_at
from services.messaging.attachments.models import Attachment
from tests.services.messaging.attachments.files import HELLO, Files, announcement, put
from tests.services.messaging.attachments.images import bomb, photo
from tests.services.messaging.billing import BillingDouble
from tests.support.clamd import EICAR, fake_clamd


async def test_a_file_is_uploaded_checked_and_given_out_under_its_own_name(files: Files) -> None:
    ada = files.team[0]

    checked = await files.checked(ada)

    link = await files.download(ada, checked["id"])
    assert (checked["state"], checked["file_name"]) == ("ready", "Angebot Frühling.txt")
    assert (link.content, link.headers["content-type"]) == (HELLO, "text/plain; charset=utf-8")
    assert link.headers["content-disposition"] == "attachment; filename*=UTF-8''Angebot%20Fr%C3%BChling.txt"
    assert await files.keys() == [f"attachments/{checked['id']}/{hashlib.sha256(HELLO).hexdigest()}"]
    assert await files.usage() == [5]


async def test_the_upload_address_takes_only_the_file_that_was_announced(files: Files) -> None:
    upload = (await files.announced(files.team[0]))["upload"]

    assert (await put(upload, b"other")).status_code == 422
    assert (await put(upload | {"headers": upload["headers"] | {"Content-Length": "6"}}, b"hello!")).status_code == 403
    assert (await put(upload | {"headers": {"Content-Type": "text/html"}}, HELLO)).status_code == 403
    assert (await put(upload | {"url": upload["url"].replace("quarantine", "attachments")}, HELLO)).status_code == 403
    assert await files.keys() == []


async def test_what_is_uploaded_again_later_changes_nothing_and_is_swept_away(files: Files) -> None:
    ada = files.team[0]
    announced = await files.announced(ada)
    await put(announced["upload"], HELLO)
    await ada.ask("POST", f"{files.root}/{announced['id']}/complete")
    await files.look()

    await put(announced["upload"], HELLO)
    again = await ada.ask("POST", f"{files.root}/{announced['id']}/complete")
    left = await files.keys()
    await files.shift(announced["id"], hours=1)
    await files.look()

    assert again["state"] == "ready"
    assert len(left) == 2
    assert [key.split("/")[0] for key in await files.keys()] == ["attachments"]
    assert await files.usage() == [5]


async def test_a_file_that_was_not_uploaded_cannot_be_completed(files: Files) -> None:
    announced = await files.announced(files.team[0])

    answer = await files.team[0].refused("POST", f"{files.root}/{announced['id']}/complete")

    assert answer == (409, "attachment_not_uploaded")


async def test_a_lying_content_type_is_refused_and_nothing_is_kept_of_it(files: Files) -> None:
    ada = files.team[0]

    checked = await files.checked(ada, b"<html><script>alert(1)</script>", content_type="image/png")

    assert (checked["state"], checked["reason"]) == ("refused", "wrong_type")
    download = await ada.call("GET", f"{files.root}/{checked['id']}/download")
    assert (download.status_code, download.json()["reason"]) == (409, "wrong_type")
    assert await files.keys() == []
    assert await files.usage() == []


@pytest.mark.parametrize(
    ("stored", "reason"), [(b"hallo", "wrong_checksum"), (b"hello!", "wrong_size"), (None, "missing")]
)
async def test_what_does_not_lie_there_as_it_was_announced_is_refused(
    files: Files, stored: bytes | None, reason: str
) -> None:
    ada = files.team[0]
    attachment_id = await files.completed(ada)
    bucket, key = files.context.settings.attachments_bucket, f"{ada.tenant_id}/quarantine/{attachment_id}"
    if stored is None:
        await files.context.objects.delete(bucket, key)
    else:
        await files.context.objects.put(bucket, key, stored)

    await files.look()

    refused = await files.state(ada, attachment_id)
    assert (refused["state"], refused["reason"]) == ("refused", reason)
    assert (await files.keys(), await files.usage()) == ([], [])


async def test_a_page_is_given_out_as_bytes_to_be_saved(files: Files) -> None:
    checked = await files.checked(files.team[0], b"<svg xmlns='x'></svg>", content_type="image/svg+xml")

    link = await files.download(files.team[0], checked["id"])

    assert link.headers["content-type"] == "application/octet-stream"
    assert link.headers["content-disposition"].startswith("attachment;")


async def test_an_image_gets_a_preview_which_counts_as_storage(files: Files) -> None:
    ada, body = files.team[0], photo(1600, 800)

    checked = await files.checked(ada, body, content_type="image/jpeg", file_name="a.jpg")

    preview = await files.download(ada, checked["id"], preview=True)
    assert checked["preview"] == {"width": 640, "height": 320}
    assert (preview.headers["content-type"], preview.content[:4]) == ("image/webp", b"RIFF")
    assert await files.usage() == [len(body) + len(preview.content)]


async def test_a_bomb_is_a_file_without_a_preview(files: Files) -> None:
    ada = files.team[0]

    checked = await files.checked(ada, bomb(30_000, 30_000), content_type="image/png")

    assert (checked["state"], checked["preview"]) == ("ready", None)
    assert await ada.refused("GET", f"{files.root}/{checked['id']}/download", preview=True) == (404, "no_preview")


async def test_malware_is_refused_and_a_scanner_that_is_away_is_waited_for(files: Files) -> None:
    ada = files.team[0]
    async with fake_clamd() as clamd:
        scanner = make_scanner(ClamdSettings(host="127.0.0.1", port=clamd.port))
        watched = replace(files, context=replace(files.context, scanner=scanner))
        clamd.deaf = True
        waiting = await watched.checked(ada, b"harmless")
        infected = await watched.completed(ada, EICAR)
        clamd.deaf = False
        await watched.shift(waiting["id"], minutes=5)
        await watched.look()

    refused = await files.state(ada, infected)
    assert waiting["state"] == "checking"
    assert (await files.state(ada, waiting["id"]))["state"] == "ready"
    assert (refused["state"], refused["reason"]) == ("refused", "malware")


async def test_the_plan_s_limit_refuses_at_the_edge_and_names_what_is_missing(
    files: Files, billing: BillingDouble
) -> None:
    ada = files.team[0]
    billing.limits[ada.tenant_id] = 9
    first, second = await files.uploaded(ada), await files.uploaded(ada)

    refused = await ada.call("POST", files.root, announcement(b"0123456789"))
    await ada.ask("POST", f"{files.root}/{first}/complete")

    assert refused.status_code == 409
    assert refused.json()["code"] == "limit_reached"
    assert refused.json()["limit"] == 9
    assert refused.json()["upgrade_url"] == "http://web.example/plans/"
    # What is in its check is not counted by billing yet, and taken together both are too much.
    assert await ada.refused("POST", f"{files.root}/{second}/complete") == (409, "limit_reached")


async def test_a_file_beyond_the_largest_size_is_refused_at_once(files: Files) -> None:
    answer = await files.team[0].call("POST", files.root, announcement(HELLO, size=100 * 1024**2 + 1))

    assert answer.status_code == 413
    assert (answer.json()["code"], answer.json()["max_bytes"]) == ("attachment_too_large", 100 * 1024**2)


@pytest.mark.parametrize("name", ["", "a/b.txt", "a\0.txt", "cod\u202egpj.exe", "x" * 201])
async def test_a_file_name_that_could_mislead_is_refused(files: Files, name: str) -> None:
    assert await files.team[0].refused("POST", files.root, announcement(HELLO, file_name=name)) == (
        422,
        "invalid_request",
    )


@pytest.mark.parametrize("place", ["attachments.copy.after", "attachments.settle.before", "database.commit.before"])
async def test_a_worker_that_dies_between_the_object_and_the_row_is_followed_by_one_that_ends_it(
    files: Files, place: str
) -> None:
    ada = files.team[0]
    attachment_id = await files.completed(ada)
    await files.shift(attachment_id, minutes=5)
    claims = 1 if place == "database.commit.before" else 0
    configure_failpoints(f"{place}:{1 + claims}:raise")
    with pytest.raises(FailpointReached):
        await files.look()
    configure_failpoints("")

    interrupted = await files.state(ada, attachment_id)
    await files.shift(attachment_id, minutes=5)
    await files.look()

    assert interrupted["state"] == "checking"
    assert (await files.state(ada, attachment_id))["state"] == "ready"
    assert await files.usage() == [5]
    assert len(await files.keys()) == 1


async def test_a_file_that_kills_its_workers_again_and_again_is_refused(files: Files) -> None:
    ada = files.team[0]
    attachment_id = await files.completed(ada)
    for attempt in range(MAX_ATTEMPTS):
        await files.shift(attachment_id, minutes=5)
        configure_failpoints("attachments.copy.after:1:raise")
        with pytest.raises(FailpointReached):
            await files.look()
        assert (await files.state(ada, attachment_id))["state"] == "checking", attempt

    await files.shift(attachment_id, minutes=5)
    await files.look()

    refused = await files.state(ada, attachment_id)
    assert (refused["state"], refused["reason"]) == ("refused", "failed")


async def test_two_workers_that_check_one_file_at_once_leave_it_whole_and_count_it_once(files: Files) -> None:
    ada = files.team[0]
    attachment_id = await files.completed(ada)
    async with files.context.database.tenant_session(ada.tenant_id) as session:
        row = await session.get_one(Attachment, (ada.tenant_id, UUID(attachment_id)))

    await asyncio.gather(look_at(files.context, row), look_at(files.context, row))

    assert (await files.state(ada, attachment_id))["state"] == "ready"
    assert (await files.download(ada, attachment_id)).content == HELLO
    assert await files.usage() == [5]


async def test_names_stand_nowhere_in_the_clear(files: Files) -> None:
    await files.checked(files.team[0], file_name="Kündigung.txt")

    found = [path for path in files.folder.rglob("*") if path.is_file() and "Kündigung".encode() in path.read_bytes()]
    assert found == []


async def test_a_request_that_is_sent_again_with_its_key_makes_one_file(files: Files) -> None:
    ada = files.team[0]
    headers = {"Idempotency-Key": "upload-0001"}
    url = f"/v1/conversations{files.root}"

    first = await ada.client.post(url, json=announcement(HELLO), headers=headers)
    again = await ada.client.post(url, json=announcement(HELLO), headers=headers)

    assert first.json() == again.json()
    assert await files.count() == 1
