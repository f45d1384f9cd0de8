"""Reads where streams stand for who wants to follow them: many askers at once become one question.

While one question is on its way, those who come wait for the next. So a single asker waits for nobody, and thousands
who come back at the same moment cost a few queries.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from libs.common.database import Database
from libs.common.loops import EXPECTED
from services.messaging.realtime import lookups
from services.messaging.realtime.lookups import Asked
from services.messaging.realtime.repository import Head

MOST_ASKED = 2000
Waiting = tuple[Sequence[Asked], "asyncio.Future[dict[Asked, Head]]"]


class Heads:
    """One for each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def read(self, tenant_id: UUID, user_id: UUID, stream_ids: Sequence[UUID]) -> dict[UUID, Head]:
        """The heads of those streams that the person may follow, as they are after this was called.

        Raises:
            SQLAlchemyError, OSError, TimeoutError
        """
        asked = [(tenant_id, user_id, stream_id) for stream_id in stream_ids]
        answer: asyncio.Future[dict[Asked, Head]] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ask())
        found = await answer
        return {one[2]: found[one] for one in asked if one in found}

    async def aclose(self) -> None:
        """Asks no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self) -> None:
        while self._waiting:
            group = self._next_group()
            asked = [one for part, _ in group for one in part]
            try:
                async with self._database.system_session() as session:
                    found = await lookups.heads_for(session, asked)
            except EXPECTED as error:
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for _, answer in group:
                    if not answer.done():
                        answer.set_result(found)

    def _next_group(self) -> list[Waiting]:
        group: list[Waiting] = []
        size = 0
        while self._waiting and size < MOST_ASKED:
            group.append(self._waiting.pop(0))
            size += len(group[-1][0])
        return group
