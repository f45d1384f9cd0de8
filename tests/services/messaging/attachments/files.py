"""Files in a conversation, as tests handle them: uploaded over HTTP, checked by the worker's own step."""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, update

from libs.adapters.objects import LocalObjectsSettings
from libs.adapters.objects.signing import Grant, signed_url
from libs.common.audit import UsageRecorded
from libs.common.platform_tables import OutboxRow
from services.messaging.attachments.loop import look_at_due
from services.messaging.attachments.models import Attachment
from services.messaging.context import MessagingContext
from services.messaging.stream.models import StreamEvent
from tests.services.messaging.people import Person, Team

HELLO = b"hello"


@dataclass(frozen=True, kw_only=True)
class Files:
    """`conversation` is of `team[0]` and `team[1]`; `team[2]` takes no part."""

    context: MessagingContext
    team: Team
    conversation: dict[str, Any]

    @property
    def root(self) -> str:
        """Below `/v1/conversations`."""
        return f"/{self.conversation['id']}/attachments"

    async def announced(self, by: Person, body: bytes = HELLO, **fields: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await by.ask("POST", self.root, announcement(body, **fields))
        return answer

    async def uploaded(self, by: Person, body: bytes = HELLO, **fields: Any) -> str:
        """The id of a file that is in quarantine."""
        announced = await self.announced(by, body, **fields)
        sent = await put(announced["upload"], body)
        assert sent.status_code == 200, sent.text
        return str(announced["id"])

    async def completed(self, by: Person, body: bytes = HELLO, **fields: Any) -> str:
        attachment_id = await self.uploaded(by, body, **fields)
        answer = await by.ask("POST", f"{self.root}/{attachment_id}/complete")
        assert answer["state"] == "checking"
        return attachment_id

    async def checked(self, by: Person, body: bytes = HELLO, **fields: Any) -> dict[str, Any]:
        """A file with its verdict."""
        attachment_id = await self.completed(by, body, **fields)
        await self.look()
        return await self.state(by, attachment_id)

    async def state(self, by: Person, attachment_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = await by.ask("GET", f"{self.root}/{attachment_id}")
        return answer

    async def download(self, by: Person, attachment_id: str, **query: Any) -> httpx.Response:
        link = await by.ask("GET", f"{self.root}/{attachment_id}/download", **query)
        async with httpx.AsyncClient() as client:
            return await client.get(link["url"])

    async def look(self) -> None:
        """What the worker's loop does until nothing is due."""
        while await look_at_due(self.context):
            pass

    async def shift(self, attachment_id: str, **by: float) -> None:
        """As if the file were so much older, and what is to come so much nearer."""
        earlier = timedelta(**by)
        async with self.context.database.tenant_session(self.team.tenant_id) as session:
            values = {"created_at": Attachment.created_at - earlier, "due_at": Attachment.due_at - earlier}
            await session.execute(update(Attachment).where(Attachment.id == UUID(attachment_id)).values(values))

    async def keys(self) -> list[str]:
        """The tenant's objects, without the tenant's id."""
        prefix = f"{self.team.tenant_id}/"
        listed = await self.context.objects.list_objects(self.context.settings.attachments_bucket, prefix)
        return [entry.key.removeprefix(prefix) for entry in listed]

    async def usage(self) -> list[int]:
        """What was recorded of the tenant's use of storage, in order."""
        async with self.context.database.tenant_session(self.team.tenant_id) as session:
            rows = select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type).order_by(OutboxRow.position)
            return [body["quantity"] for body in await session.scalars(rows)]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of the conversation's events of one kind."""
        async with self.context.database.tenant_session(self.team.tenant_id) as session:
            rows = select(StreamEvent.data).where(
                StreamEvent.stream_id == UUID(self.conversation["id"]), StreamEvent.kind == kind
            )
            return list(await session.scalars(rows.order_by(StreamEvent.seq)))

    async def due_at(self, attachment_id: str) -> datetime | None:
        async with self.context.database.tenant_session(self.team.tenant_id) as session:
            return await session.scalar(select(Attachment.due_at).where(Attachment.id == UUID(attachment_id)))

    async def count(self) -> int:
        async with self.context.database.tenant_session(self.team.tenant_id) as session:
            return await session.scalar(select(func.count()).select_from(Attachment)) or 0

    def expired_link(self, attachment_id: str) -> str:
        """A link to the file as it was signed a while ago."""
        settings = self.context.settings.objects
        assert isinstance(settings, LocalObjectsSettings)
        key = f"{self.team.tenant_id}/attachments/{attachment_id}/{hashlib.sha256(HELLO).hexdigest()}"
        grant = Grant("GET", self.context.settings.attachments_bucket, key, int(time.time()) - 1)
        return signed_url(settings.public_url, settings.signing_key.get_secret_value(), grant)

    @property
    def folder(self) -> Path:
        """Where the objects lie."""
        settings = self.context.settings.objects
        assert isinstance(settings, LocalObjectsSettings)
        return settings.root


def announcement(body: bytes, **fields: Any) -> dict[str, Any]:
    """What is said of a file before it is uploaded."""
    said = {
        "file_name": "Angebot Frühling.txt",
        "size": len(body),
        "content_type": "text/plain",
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return said | fields


async def put(upload: dict[str, Any], body: bytes) -> httpx.Response:
    """Sends the file as the answer says."""
    async with httpx.AsyncClient() as client:
        return await client.request(upload["method"], upload["url"], headers=upload["headers"], content=body)
