"""An attachment as events and rows carry it, its name sealed, and as clients see it."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.messaging.attachments.models import Attachment
from services.messaging.attachments.schemas import AttachmentAnswer
from services.messaging.keys.service import KeyRing, open_or_none
from services.messaging.stream.wire import file_name_bound


def event_value(attachment: Attachment) -> dict[str, Any]:
    """The file as JSON for events, its name still sealed, in base64: `stream.wire` opens it."""
    width, height = attachment.preview_width, attachment.preview_height
    return {
        "id": str(attachment.id),
        "sealed_name": base64.b64encode(attachment.sealed_name).decode(),
        "size": attachment.size,
        "content_type": attachment.content_type,
        "state": attachment.state,
        "reason": attachment.reason,
        "preview": None if width is None else {"width": width, "height": height},
    }


def sealed_name(value: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The name of an event's value by what it is bound to: what `keys.service.opened` takes."""
    return {file_name_bound(UUID(value["id"])): base64.b64decode(value["sealed_name"])}


def named(value: Mapping[str, Any], names: Mapping[bytes, str | None]) -> AttachmentAnswer:
    """The file as clients see it, with its name among those that were opened."""
    return AttachmentAnswer.model_validate({**value, "file_name": names.get(file_name_bound(UUID(value["id"])))})


def named_by(ring: KeyRing, values: Sequence[Mapping[str, Any]]) -> list[AttachmentAnswer]:
    """The files as clients see them, their names opened by a ring that is at hand."""
    sealed = {bound: name for value in values for bound, name in sealed_name(value).items()}
    names = {bound: open_or_none(ring, name, bound) for bound, name in sealed.items()}
    return [named(value, names) for value in values]
