"""What ai promises: its events."""

from typing import ClassVar
from uuid import UUID

from libs.common.events import StateEvent


class AssistantChanged(StateEvent):
    """An assistant was made or changed, or it was deleted (`active` is false)."""

    type: ClassVar[str] = "ai.assistant.changed.v1"

    assistant_id: UUID
    active: bool
