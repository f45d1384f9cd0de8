"""The forms of an event on its way: as Valkey carries it, still sealed, and as the frame that clients read."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.messaging.keys.service import KeyRing
from services.messaging.stream.models import StreamEvent

EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedEvent:
    """An event with the epoch of its stream."""

    tenant_id: UUID
    stream_id: UUID
    epoch: UUID
    seq: int
    kind: str
    actor_id: UUID | None
    message_id: UUID | None
    data: dict[str, Any]
    sealed: bytes | None
    at: datetime


def carried(event: StreamEvent, epoch: UUID) -> CarriedEvent:
    """The row, ready to be carried."""
    return CarriedEvent(
        tenant_id=event.tenant_id,
        stream_id=event.stream_id,
        epoch=epoch,
        seq=event.seq,
        kind=event.kind,
        actor_id=event.actor_id,
        message_id=event.message_id,
        data=event.data,
        sealed=event.sealed,
        at=event.created_at,
    )


def packed(event: CarriedEvent) -> bytes:
    """The event as JSON, its text sealed: Valkey learns no more than PostgreSQL."""
    sealed = None if event.sealed is None else base64.b64encode(event.sealed).decode()
    return orjson.dumps(
        {
            "tenant_id": event.tenant_id,
            "stream_id": event.stream_id,
            "epoch": event.epoch,
            "seq": event.seq,
            "kind": event.kind,
            "actor_id": event.actor_id,
            "message_id": event.message_id,
            "data": event.data,
            "sealed": sealed,
            "at": event.at,
        },
        default=str,  # asyncpg's UUIDs are a type of their own
    )


def unpacked(body: bytes) -> CarriedEvent:
    """What was packed."""
    fields = orjson.loads(body)
    sealed = fields["sealed"]
    return CarriedEvent(
        tenant_id=UUID(fields["tenant_id"]),
        stream_id=UUID(fields["stream_id"]),
        epoch=UUID(fields["epoch"]),
        seq=fields["seq"],
        kind=fields["kind"],
        actor_id=_uuid(fields["actor_id"]),
        message_id=_uuid(fields["message_id"]),
        data=fields["data"],
        sealed=None if sealed is None else base64.b64decode(sealed),
        at=datetime.fromisoformat(fields["at"]),
    )


def event_frame(event: CarriedEvent, ring: KeyRing) -> bytes:
    """The event as clients read it; `text` is in the clear, or null with `unreadable` where its key is gone.

    Raises:
        UnknownDataKey: the ring is older than the text; ask for a newer one.
    """
    data = event.data
    if event.sealed is not None:
        text = ring.open(event.sealed, _bound(event))
        data = data | {"text": text, "unreadable": text is None}
    if data.get("attachments"):
        data = data | {"attachments": [_named(attachment, ring) for attachment in data["attachments"]]}
    return orjson.dumps(
        {
            "type": EVENT,
            "stream": event.stream_id,
            "epoch": event.epoch,
            "seq": event.seq,
            "kind": event.kind,
            "actor_id": event.actor_id,
            "at": event.at,
            "data": data,
        },
        default=str,
    )


def message_bound(message_id: UUID, revision: int) -> bytes:
    """What the text of a message's revision is bound to: it can stand in no other place."""
    return b"message" + message_id.bytes + revision.to_bytes(4, "big")


def title_bound(conversation_id: UUID) -> bytes:
    """What the title of a conversation is bound to."""
    return b"title" + conversation_id.bytes


def file_name_bound(attachment_id: UUID) -> bytes:
    """What the file name of an attachment is bound to."""
    return b"file name" + attachment_id.bytes


def _named(attachment: Mapping[str, Any], ring: KeyRing) -> dict[str, Any]:
    """An attachment with its file name in the clear; as it is kept, `sealed_name` holds it in base64."""
    known = {name: value for name, value in attachment.items() if name != "sealed_name"}
    sealed = base64.b64decode(attachment["sealed_name"])
    return known | {"file_name": ring.open(sealed, file_name_bound(UUID(attachment["id"])))}


def _bound(event: CarriedEvent) -> bytes:
    if event.message_id is None:
        return title_bound(event.stream_id)
    return message_bound(event.message_id, int(event.data["revision"]))


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
