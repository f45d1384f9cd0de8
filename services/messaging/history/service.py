"""Old messages as their readers see them: pages that go on in the archive, and messages that come back to be changed.

All that is asked of the archive is asked after the database said that the person may see the conversation.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.adapters.history import ArchivedMessage, History
from libs.common.database import Database
from services.messaging.history import months, repository


class Archive:
    """The archive as the endpoints use it; without a tier, everything is in PostgreSQL and nothing is asked.

    Ask it when no session is open: it opens its own.
    """

    def __init__(self, database: Database, history: History | None, *, kept_months: int) -> None:
        self._database = database
        self._history = history
        self._kept_months = kept_months

    async def complete(
        self,
        tenant_id: UUID,
        conversation_id: UUID,
        rows: Sequence[Row[Any]],
        *,
        split: int,
        older: int,
        newer: int,
        thread_root_id: UUID | None = None,
    ) -> Sequence[Row[Any]]:
        """The messages of a page, with those that only the archive holds; what PostgreSQL holds counts.

        `rows` are up to `older` messages before the position `split` and up to `newer` from there on, each 1 or more,
        in order; so is what is returned.

        Raises:
            HistoryUnavailable: the page needs the archive, which is away.
        """
        if self._history is None:
            return rows
        async with self._database.tenant_session(tenant_id) as session:
            up_to = await repository.archived_up_to(session, conversation_id)
        before = [row for row in rows if row.seq < split]
        after = rows[len(before) :]
        found: list[ArchivedMessage] = []
        if up_to and (len(before) < older or before[0].seq <= up_to):
            found += await self._history.older(
                tenant_id, conversation_id, before=min(split, up_to + 1), limit=older, thread_root_id=thread_root_id
            )
        if split <= up_to:
            page = await self._history.newer(
                tenant_id, conversation_id, after=split - 1, limit=newer, thread_root_id=thread_root_id
            )
            found += [message for message in page if message.seq <= up_to]
        here = {row.seq for row in rows}
        old = await self._rows(tenant_id, [message for message in found if message.seq not in here])
        before = sorted([*before, *(row for row in old if row.seq < split)], key=lambda row: row.seq)
        after = sorted([*after, *(row for row in old if row.seq >= split)], key=lambda row: row.seq)
        return [*before[-older:], *after[:newer]]

    async def find(self, tenant_id: UUID, message_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
        """Those of the messages that the archive holds, by their ids."""
        if self._history is None:
            return {}
        found = await asyncio.gather(*(self._history.find(tenant_id, message_id) for message_id in message_ids))
        rows = await self._rows(tenant_id, [message for message in found if message is not None])
        return {row.id: row for row in rows}

    async def make_changeable(self, tenant_id: UUID, conversation_id: UUID, message_id: UUID) -> None:
        """Writes the message into PostgreSQL again if only the archive holds it; call it before a change.

        Changed, it goes to the archive like any other, and is taken away here after a day.
        """
        if self._history is None or not self._may_be_archived(message_id):
            return
        message = await self._history.find(tenant_id, message_id)
        if message is None or message.conversation_id != conversation_id:
            return
        async with self._database.tenant_session(tenant_id) as session:
            if message.seq <= await repository.archived_up_to(session, conversation_id):
                await repository.bring_back(session, message)

    def _may_be_archived(self, message_id: UUID) -> bool:
        """By the time in its id, in milliseconds (UUIDv7, RFC 9562 §5.7); an id that is none is found nowhere."""
        milliseconds = message_id.int >> 80
        oldest_kept = months.later(months.month_of(datetime.now(UTC)), -self._kept_months)
        return milliseconds < months.start(oldest_kept).timestamp() * 1000

    async def _rows(self, tenant_id: UUID, messages: Sequence[ArchivedMessage]) -> Sequence[Row[Any]]:
        if not messages:
            return ()
        async with self._database.tenant_session(tenant_id) as session:
            return await repository.read(session, messages)
