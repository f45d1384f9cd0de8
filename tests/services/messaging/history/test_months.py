"""An old month is dropped when the archive holds all of it, and never before."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.adapters.history import ArchivedMessage, History, LocalHistorySettings
from libs.adapters.history.local import LocalHistory
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.sweeps import run_sweep
from services.messaging.context import MessagingContext
from services.messaging.history import lookups, months, sweeps
from services.messaging.history.sweeps import archive_month, archive_sweep, partition_sweep
from tests.services.messaging.history.old import OldMonth, count_here, fill, new_old_month
from tests.services.messaging.people import Team, message_path


class InterruptedHistory(LocalHistory):
    """The archive, and something that happens while it is compared."""

    def __init__(self, settings: LocalHistorySettings, happens: Callable[[], Awaitable[Any]]) -> None:
        super().__init__(settings)
        self._happens = happens
        self._happened = False

    async def newer(
        self, tenant_id: UUID, conversation_id: UUID, *, after: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        page = await super().newer(tenant_id, conversation_id, after=after, limit=limit, thread_root_id=thread_root_id)
        if not self._happened:
            self._happened = True
            await self._happens()
        return page


async def known_months(messaging: MessagingContext) -> list[date]:
    async with messaging.database.system_session() as session:
        return await lookups.months(session)


async def test_a_month_that_the_archive_holds_is_dropped_here(
    messaging: MessagingContext, history: History, month: OldMonth
) -> None:
    await fill(messaging, history)

    assert await archive_month(messaging.database, history, month.month)

    assert month.month not in await known_months(messaging)
    assert await count_here(messaging, month) == 0


async def test_a_month_that_differs_stays_and_is_put_into_the_archive(
    messaging: MessagingContext, history: History, month: OldMonth
) -> None:
    assert not await archive_month(messaging.database, history, month.month)
    assert await count_here(messaging, month) == len(month.messages)

    assert await archive_month(messaging.database, history, month.month)
    assert await count_here(messaging, month) == 0


async def test_one_message_that_is_held_otherwise_keeps_the_whole_month(
    messaging: MessagingContext, history: History, month: OldMonth, team: Team
) -> None:
    await fill(messaging, history)
    held = await history.find(team.tenant_id, UUID(month.messages[3]["id"]))
    assert held is not None
    await history.put([replace(held, body=b"{}")])

    assert not await archive_month(messaging.database, history, month.month)

    assert await count_here(messaging, month) == len(month.messages)
    assert await history.find(team.tenant_id, held.message_id) == held


async def test_a_month_that_is_changed_while_it_is_compared_stays(
    messaging: MessagingContext, history: History, month: OldMonth, team: Team
) -> None:
    await fill(messaging, history)
    settings = messaging.settings.history
    assert isinstance(settings, LocalHistorySettings)

    async def react() -> None:
        await team[0].ask("PUT", f"{message_path(month.messages[1])}/reactions/👍")

    assert not await archive_month(messaging.database, InterruptedHistory(settings, react), month.month)

    assert await count_here(messaging, month) == len(month.messages)
    await fill(messaging, history)
    assert await archive_month(messaging.database, history, month.month)


@pytest.mark.parametrize("place", ["history.drop.before:1", "database.commit.before:4"])
async def test_a_worker_that_dies_before_a_month_is_dropped_leaves_it_whole(
    messaging: MessagingContext, history: History, month: OldMonth, place: str
) -> None:
    await fill(messaging, history)
    # One transaction counts, two read (the second finds no more), and the fourth one drops.
    configure_failpoints(f"{place}:raise")
    with pytest.raises(FailpointReached):
        await archive_month(messaging.database, history, month.month)
    configure_failpoints("")

    assert month.month in await known_months(messaging)
    assert await count_here(messaging, month) == len(month.messages)
    assert await archive_month(messaging.database, history, month.month)


async def test_a_message_too_large_for_the_archive_stays_here(
    messaging: MessagingContext, history: History, month: OldMonth, team: Team
) -> None:
    text = "Otter " * 1600
    for number in range(24):
        await team[1].ask("PATCH", message_path(month.messages[1]), {"text": f"{text}{number}"})
    await fill(messaging, history)
    before = await team[0].history(month.conversation, limit=100)

    assert await archive_month(messaging.database, history, month.month)

    assert await count_here(messaging, month) == 1
    assert await team[0].history(month.conversation, limit=100) == before
    revisions = await team[0].ask("GET", f"{message_path(month.messages[1])}/revisions")
    assert len(revisions["items"]) == 26


async def test_the_sweep_takes_the_months_that_are_old_enough(
    messaging: MessagingContext, history: History, team: Team
) -> None:
    old = await new_old_month(messaging, team)
    await fill(messaging, history)
    now = datetime.now(UTC)
    years = now.year - 2000
    sweep = archive_sweep(messaging.database, history, kept_months=years * 12)
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)
    assert old.month in await known_months(messaging)

    sweep = archive_sweep(messaging.database, history, kept_months=12)
    await run_sweep(sweep, database=messaging.database, clock=messaging.clock)

    left = await known_months(messaging)
    assert old.month not in left
    assert months.month_of(now) in left


async def test_partitions_are_there_before_they_are_needed(messaging: MessagingContext) -> None:
    await run_sweep(partition_sweep(), database=messaging.database, clock=messaging.clock)

    assert set(months.ahead(datetime.now(UTC), sweeps.MONTHS_AHEAD)) <= set(await known_months(messaging))
    assert await run_sweep(partition_sweep(), database=messaging.database, clock=messaging.clock) == 0


@pytest.mark.parametrize(
    ("month", "past"), [(date(2025, 10, 1), True), (date(2025, 11, 1), False), (date(2026, 11, 1), False)]
)
def test_a_month_is_past_when_its_last_day_is(month: date, past: bool) -> None:
    assert months.is_past(month, datetime(2026, 11, 21, tzinfo=UTC), kept_months=12) is past
