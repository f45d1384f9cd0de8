"""What crosses the wire about presence."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

EXAMPLE: JsonDict = {
    "user_id": "0198c0de-0000-7000-8000-000000000001",
    "state": "away",
    "last_seen_at": "2026-03-02T09:30:00Z",
}


class PresenceAnswer(BaseModel):
    """How a person is; `last_seen_at` is when they last had the app open, null if never."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    user_id: UUID
    state: Literal["active", "away", "offline"]
    last_seen_at: datetime | None


class PresenceList(BaseModel):
    """Those asked for who work in the business."""

    items: list[PresenceAnswer]
