"""What crosses the wire about notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from libs.common.paging import Page
from libs.common.schemas import RequestBody, Whole
from services.messaging.notifications.models import NotificationKind


class NotificationAnswer(BaseModel):
    """Something that a person is told of. `data` names what it is about by ids; `seq` is its place in their stream."""

    id: UUID
    seq: int = Field(examples=[42])
    kind: NotificationKind
    data: dict[str, Any] = Field(examples=[{"conversation_id": "0199aa00-0000-7000-8000-000000000001"}])
    created_at: datetime
    read_at: datetime | None


class NotificationPage(Page[NotificationAnswer]):
    """A page of notifications, and how many of all are unread."""

    unread: int


class ReadUpTo(RequestBody):
    """The `seq` of the last notification that was seen; it and all before it are read."""

    up_to: Whole = Field(ge=0, lt=2**53, examples=[42])


class UnreadAnswer(BaseModel):
    """How many notifications are unread."""

    unread: int


class Preferences(RequestBody):
    """Whether a person wants to be told, by kind. In a request, kinds that are not named stay as they are."""

    wanted: dict[NotificationKind, StrictBool] = Field(examples=[{"thread_reply": True}])
