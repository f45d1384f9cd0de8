"""What ai promises: its events."""

from typing import ClassVar
from uuid import UUID

from libs.common.events import FactEvent, StateEvent


class AssistantChanged(StateEvent):
    """An assistant was made, or deleted (`active` is false)."""

    type: ClassVar[str] = "ai.assistant.changed.v1"

    assistant_id: UUID
    active: bool


class DocumentSuspicious(FactEvent):
    """`count` places of a document seem to be written for a model, to steer it, or carry programs."""

    type: ClassVar[str] = "ai.document.suspicious.v1"

    document_id: UUID
    knowledge_base_id: UUID
    count: int
