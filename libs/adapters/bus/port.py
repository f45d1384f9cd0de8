"""The bus port: events from the outboxes to one queue per service, at least once and unordered, as SNS and SQS do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from libs.adapters.errors import PortError
from libs.common.messages import BusMessage, MessageBus

MAX_RECEIVES = 5
MAX_WAIT_SECONDS = 20  # SQS, ReceiveMessage: WaitTimeSeconds
MAX_RECEIVE = 100
MAX_ATTRIBUTES = 9  # raw delivery carries ten, and `type` is one of them (SNS, "Raw message delivery")
MAX_MESSAGE_BYTES = 256 * 1024  # SNS, "Quotas": body and attributes, of one message and of one batch
BATCH = 10


class BusError(PortError):
    code, title = "bus_failed", "The event bus refused the operation"


class BusUnavailable(BusError):
    status, code, title, retryable = 503, "bus_unavailable", "The event bus does not answer", True
    default_detail = "Nothing was lost. Try again in a moment."


class QueueMissing(BusError):
    code, title = "queue_missing", "The queue does not exist"
    default_detail = "Its consumer makes it at its first start; start that worker once."


class MessageTooLarge(BusError):
    code, title = "message_too_large", "The message is too large for the bus"
    default_detail = "Events carry ids, not contents: at most 256 KiB and nine attributes."


class DeadLetterMissing(BusError):
    status, code, title = 404, "dead_letter_missing", "There is no such dead letter"
    default_detail = "It was redriven, or its fourteen days are over. List the dead letters again."


class PublishIncomplete(BusError):
    """Some messages were published and some were not: `published` and `failed` hold their ids."""

    code, title, retryable = "publish_incomplete", "Not all events were published", True
    default_detail = "Publish those that failed again; consumers count each event once."

    def __init__(self, published: Sequence[str], failed: Mapping[str, str]) -> None:
        self.published = frozenset(published)
        self.failed = dict(failed)
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was received five times and never deleted. `id` is the bus's, not the event's."""

    id: str
    type: str
    body: str
    receive_count: int
    sent_at: datetime
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How many messages are `waiting`, hidden `in_flight`, or `dead`; approximate on SQS."""

    waiting: int
    in_flight: int
    dead: int


class Bus(MessageBus, Protocol):
    """A message bus with the view of an operator. Every call may raise `BusUnavailable`, or `QueueMissing`."""

    async def queues(self) -> list[str]:
        """The names of all queues, sorted."""

    async def depth(self, queue: str) -> QueueDepth:
        """How much lies in the queue and among its dead letters."""

    async def list_dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        """The oldest dead letters; looking does not change them."""

    async def read_dead_letter(self, queue: str, dead_letter_id: str) -> DeadLetter:
        """One dead letter. Raises `DeadLetterMissing`."""

    async def redrive(self, queue: str, dead_letter_ids: Sequence[str] | None = None) -> int:
        """Sends dead letters (all, or those named) back to their queue as new and returns how many."""

    async def ping(self) -> None:
        """Returns if the bus answers."""


def check_message(message: BusMessage) -> int:
    """The size of a message in bytes as SNS counts it. Raises `MessageTooLarge`."""
    names = ("type", message.type, *message.attributes, *message.attributes.values())
    size = len(message.body.encode()) + sum(len(name.encode()) for name in names)
    if size > MAX_MESSAGE_BYTES or len(message.attributes) > MAX_ATTRIBUTES:
        raise MessageTooLarge(f"The event {message.id} of type {message.type} has {size} bytes.")
    return size
