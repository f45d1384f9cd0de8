"""The history port: a tier for old messages, which takes them by version and gives them back in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from libs.adapters.errors import PortError

MAX_BODY_BYTES = 350_000
"""Leaves room for the keys in an item of 400 KB (DynamoDB, "Constraints")."""


class HistoryError(PortError):
    code, title = "history_failed", "The store of old messages refused the operation"


class HistoryUnavailable(HistoryError):
    status, code, title, retryable = 503, "history_unavailable", "The store of old messages does not answer", True
    default_detail = "Nothing was changed. Try again in a moment."


class HistoryTableMissing(HistoryError):
    code, title = "history_table_missing", "The table of old messages does not exist"
    default_detail = "Create it with `ensure` before using it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedMessage:
    """A message as it stood at `version`. `body` is the caller's own, at most `MAX_BODY_BYTES`, its texts sealed."""

    tenant_id: UUID
    conversation_id: UUID
    seq: int
    message_id: UUID
    version: int
    thread_root_id: UUID | None
    body: bytes


class History(Protocol):
    """Every call names its tenant and finds nothing of another's. Calls raise `HistoryUnavailable`, `HistoryError`."""

    async def ensure(self) -> None:
        """Makes the table unless there is one."""

    async def put(self, messages: Sequence[ArchivedMessage]) -> None:
        """Stores each message unless a newer version of it stands: in any order and any number of times.

        It is durable when this returns. Raises `HistoryError` before anything is stored where a body is too large.
        """

    async def older(
        self, tenant_id: UUID, conversation_id: UUID, *, before: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        """The last `limit` messages with a `seq` below `before`, in order; of one thread, if it is named."""

    async def newer(
        self, tenant_id: UUID, conversation_id: UUID, *, after: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        """The first `limit` messages with a `seq` above `after`, in order; of one thread, if it is named."""

    async def find(self, tenant_id: UUID, message_id: UUID) -> ArchivedMessage | None:
        """One message by its id."""

    async def delete_conversation(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """Removes all messages of a conversation; there need not be any."""

    async def ping(self) -> None:
        """Returns if the store answers."""


def check_bodies(messages: Sequence[ArchivedMessage]) -> None:
    """Raises `HistoryError` where a body is larger than what every form takes."""
    if any(len(message.body) > MAX_BODY_BYTES for message in messages):
        raise HistoryError(f"A message in the archive has at most {MAX_BODY_BYTES} bytes.")
