"""What relay and consumer need of a message bus; `libs.adapters.bus` has the forms.

Delivery is at least once and unordered, as on SQS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BusMessage:
    """One event on its way out. `body` is JSON; `type` is what queues filter by."""

    id: str
    type: str
    body: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One receipt of a message. `receipt` deletes it; `receive_count` starts at 1."""

    receipt: str
    message_id: str
    type: str
    body: str
    receive_count: int
    attributes: dict[str, str] = field(default_factory=dict)


class MessageBus(Protocol):
    """The bus as the services use it."""

    async def publish(self, messages: Sequence[BusMessage]) -> None:
        """Hands every message to every queue whose filter names its type; durable when this returns."""

    async def receive(self, queue: str, *, limit: int = 10, wait_seconds: float = 20) -> list[Delivery]:
        """Up to `limit` messages, each hidden from others for the queue's visibility timeout."""

    async def delete(self, queue: str, receipts: Sequence[str]) -> None:
        """Forgets messages that were received."""

    async def change_visibility(self, queue: str, receipts: Sequence[str], *, seconds: float) -> None:
        """Shows received messages again in `seconds`."""

    async def ensure(self, queue: str, event_types: Sequence[str]) -> None:
        """Makes the queue, its dead-letter queue (after five receives) and its filter, or brings them up to date."""
