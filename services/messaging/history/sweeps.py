"""The months of messages: partitions made ahead, and old ones dropped once the archive holds all of their messages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.history import MAX_BODY_BYTES, ArchivedMessage, History
from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.sweeps import Sweep
from services.messaging.context import MessagingContext
from services.messaging.history import lookups, months
from services.messaging.history.metrics import DIFFERENCES, MONTHS_DROPPED

MONTHS_AHEAD = 3
COMPARED_AT_ONCE = 500
BACK_FOR = timedelta(days=1)
"""How long a message that came back to be changed stays, as it is likely to be changed again."""
TAKEN_AWAY_AT_ONCE = 100
EVERY_SECONDS = 3600.0
logger = structlog.get_logger()


class MonthChanged(RuntimeError):
    """Somebody changed a message of the month while it was compared; it is compared again at the next run."""


def history_sweeps(context: MessagingContext) -> tuple[Sweep, ...]:
    """Those that messaging needs: without a tier for old messages, partitions are made and kept."""
    if context.history is None:
        return (partition_sweep(),)
    kept = context.settings.messages_kept_months
    return (
        partition_sweep(),
        archive_sweep(context.database, context.history, kept_months=kept),
        take_away_sweep(context.database, context.history),
    )


def partition_sweep() -> Sweep:
    """Makes the partitions of this month and the next three."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        made = 0
        for month in months.ahead(datetime.now(UTC), MONTHS_AHEAD):
            try:
                async with session.begin_nested():
                    made += await lookups.add_month(session, month)
            except IntegrityError:
                # Messages of the month came before its partition, and lie where those without one do: all is well.
                logger.warning("history.month_without_partition", month=str(month))
        return made

    return Sweep(name="add_message_partitions", every=EVERY_SECONDS, run=run)


def archive_sweep(database: Database, history: History, *, kept_months: int) -> Sweep:
    """Moves every month that is older than `kept_months` into the archive alone, one after the other."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        now = datetime.now(UTC)
        await lookups.take_time(session)  # it holds the sweep's lock for as long as the comparison takes
        known = await lookups.months(session)
        past = [month for month in known if months.is_past(month, now, kept_months=kept_months)]
        return sum([await archive_month(database, history, month) for month in past])

    return Sweep(name="archive_months", every=EVERY_SECONDS, run=run)


def take_away_sweep(database: Database, history: History) -> Sweep:
    """Takes messages that came back a day ago away again, once the archive holds them as they stand."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        before = datetime.now(UTC) - BACK_FOR
        wanted = await lookups.brought_back(session, before=before, limit=TAKEN_AWAY_AT_ONCE)
        taken = 0
        for message in await lookups.snapshots(session, wanted):
            if len(message.body) > MAX_BODY_BYTES:
                continue
            if await history.find(message.tenant_id, message.message_id) != message:
                await history.put([message])
                continue
            async with database.system_session() as own:
                taken += await lookups.take_away(own, message)
        return taken

    return Sweep(name="take_messages_away", every=EVERY_SECONDS, run=run)


async def archive_month(database: Database, history: History, month: date) -> bool:
    """Compares a whole month with the archive and drops it here; False, and it stays whole, if anything differed.

    What differed is put into the archive, so that the next run finds it there. A message too large for the archive
    stays here for good, and the last one of a conversation until others follow. Changes while the month is
    compared are seen by the sum of versions, under the lock that drops it.

    Raises:
        HistoryUnavailable: the archive is away.
    """
    first, end = months.start(month), months.start(months.later(month, 1))
    async with database.system_session() as session:
        await lookups.take_time(session)
        digest = await lookups.month_digest(session, first, end)
    differing, too_large = await _compare(database, history, first, end)
    if differing:
        DIFFERENCES.inc(differing)
        logger.warning("history.month_differs", month=str(month), messages=digest[0], differing=differing)
        return False
    failpoint("history.drop.before")
    try:
        async with database.system_session() as session:
            await lookups.take_time(session)
            await lookups.note_archived(session, first, end)
            kept = [*too_large, *await lookups.keep_last(session, first, end)]
            if not await lookups.drop_month(session, first, end, digest=digest, kept=kept):
                raise MonthChanged  # takes back what was noted
    except MonthChanged:
        logger.info("history.month_changed", month=str(month))
        return False
    MONTHS_DROPPED.inc()
    logger.info("history.month_dropped", month=str(month), messages=digest[0], kept=len(kept))
    return True


async def _compare(database: Database, history: History, first: datetime, end: datetime) -> tuple[int, list[UUID]]:
    """How many messages the archive held otherwise, which are put there now, and which are too large for it."""
    differing = 0
    too_large: list[UUID] = []
    last: ArchivedMessage | None = None
    while True:
        async with database.system_session() as session:
            page = await lookups.month_page(session, first, end, after=last, limit=COMPARED_AT_ONCE)
        if not page:
            return differing, too_large
        last = page[-1]
        too_large += [message.message_id for message in page if len(message.body) > MAX_BODY_BYTES]
        fitting = [message for message in page if len(message.body) <= MAX_BODY_BYTES]
        for _, group in groupby(fitting, key=lambda message: (message.tenant_id, message.conversation_id)):
            other = await _held_otherwise(history, list(group))
            await history.put(other)
            differing += len(other)


async def _held_otherwise(history: History, messages: Sequence[ArchivedMessage]) -> list[ArchivedMessage]:
    """Those of a conversation's messages, in their order, that the archive lacks or holds otherwise."""
    tenant_id, conversation_id = messages[0].tenant_id, messages[0].conversation_id
    held: dict[int, ArchivedMessage] = {}
    after = messages[0].seq - 1
    while after < messages[-1].seq:
        page = await history.newer(tenant_id, conversation_id, after=after, limit=COMPARED_AT_ONCE)
        if not page:
            break
        held |= {message.seq: message for message in page}
        after = page[-1].seq
    return [message for message in messages if held.get(message.seq) != message]
