"""What messaging promises: its events."""

from typing import ClassVar
from uuid import UUID

from libs.common.events import FactEvent


class MessageSent(FactEvent):
    """A message of which somebody may want to be notified: it is direct, names people, or replies in a thread.

    `seq` is its place in the conversation. `mentioned` are the members that it names; with `mentions_all`, all of them.
    """

    type: ClassVar[str] = "messaging.message.sent.v1"

    conversation_id: UUID
    message_id: UUID
    seq: int
    sender_id: UUID
    direct: bool
    mentioned: list[UUID]
    mentions_all: bool
    thread_root_id: UUID | None
