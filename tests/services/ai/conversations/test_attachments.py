"""Files of conversations become documents, for those who may see them there."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.ai.documents.loop import look_at_due
from services.messaging.attachments.models import Attachment
from services.messaging.attachments.service import final_key
from services.messaging.stream.wire import file_name_bound
from tests.services.ai.conversations.world import Office, Talk
from tests.services.messaging.people import Person

MENU = b"On Tuesdays there is lentil soup with fresh rye bread."


async def shared(office: Office, talk: Talk, by: Person, *, state: str = "ready", kept: bytes = MENU) -> str:
    """The id of a file that the person has uploaded to the conversation, as its check left it."""
    attachment_id, now = new_id(), datetime.now(UTC)
    ring = await office.messaging.rings.ring(office.tenant_id)
    attachment = Attachment(
        tenant_id=office.tenant_id,
        id=attachment_id,
        conversation_id=UUID(talk["id"]),
        uploader_id=by.id,
        place=0,
        sealed_name=ring.seal("menu.txt", file_name_bound(attachment_id)),
        size=len(MENU),
        content_type="text/plain",
        sha256=hashlib.sha256(MENU).hexdigest(),
        state=state,
        counted_bytes=len(MENU),
        attempts=0,
        created_at=now,
    )
    settings = office.messaging.settings
    await office.messaging.objects.put(settings.attachments_bucket, final_key(attachment), kept)
    async with office.messaging.database.tenant_session(office.tenant_id) as session:
        session.add(attachment)
    return str(attachment_id)


def body(talk: Talk, attachment_id: str, **fields: Any) -> dict[str, Any]:
    return {"conversation_id": talk["id"], "attachment_id": attachment_id, **fields}


async def test_a_file_of_a_conversation_becomes_a_document_that_is_found(office: Office) -> None:
    group = await office.group(office.owner, office.member)
    attachment_id = await shared(office, group, office.owner)
    path = f"/v1/knowledge-bases/{office.base}/shared-files"

    made = await office.manager.ask("POST", path, body(group, attachment_id))

    assert (made["name"], made["content_type"], made["size"]) == ("menu.txt", "text/plain", len(MENU))
    assert (made["state"], made["audience"]) == ("queued", "members")
    while await look_at_due(office.ai):
        pass
    assert (await office.manager.document(office.base, made["id"]))["state"] == "ready"
    await office.asks(office.member, group, "What soup is there on Tuesdays?")
    await office.answered()
    assert "lentil soup" in (await office.said(group))[0]
    assert await office.manager.refused("POST", path, body(group, attachment_id)) == (409, "duplicate_document")


async def test_what_the_member_does_not_see_or_what_is_not_checked_becomes_none(office: Office) -> None:
    foreign = await office.member.group(office.other)
    own = await office.group(office.owner)
    path = f"/v1/knowledge-bases/{office.base}/shared-files"
    unseen = await shared(office, foreign, office.member)
    checking = await shared(office, own, office.owner, state="checking")

    assert await office.manager.refused("POST", path, body(foreign, unseen)) == (404, "attachment_not_found")
    assert await office.manager.refused("POST", path, body(own, str(new_id()))) == (404, "attachment_not_found")
    assert await office.manager.refused("POST", path, body(own, checking)) == (409, "attachment_not_ready")
    assert (await office.manager.ask("GET", f"/v1/knowledge-bases/{office.base}/documents"))["items"] == []


async def test_a_copy_that_is_not_the_file_becomes_no_document(office: Office) -> None:
    own = await office.group(office.owner)
    other = await shared(office, own, office.owner, kept=MENU.replace(b"lentil", b"potato"))
    path = f"/v1/knowledge-bases/{office.base}/shared-files"

    assert await office.manager.refused("POST", path, body(own, other)) == (503, "attachment_unavailable")
    [left] = (await office.manager.ask("GET", f"/v1/knowledge-bases/{office.base}/documents"))["items"]
    assert left["state"] == "uploading"
