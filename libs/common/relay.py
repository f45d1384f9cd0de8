"""The relay: publishes what the outbox holds, in the order it was written, and marks it published.

A crash between the two publishes again; consumers count each event once.
"""

from datetime import UTC, datetime

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.messages import BusMessage, MessageBus
from libs.common.platform_tables import OutboxRow

BATCH = 100


async def relay_once(database: Database, bus: MessageBus) -> int:
    """Publishes up to a hundred events and returns how many; other relays skip the rows that this one holds."""
    async with database.system_session() as session:
        rows = await _claim(session)
        if not rows:
            return 0
        failpoint("relay.publish.before")
        await bus.publish([_message(row) for row in rows])
        failpoint("relay.publish.after")
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([row.id for row in rows]))
            .values(published_at=datetime.now(UTC))
            .execution_options(synchronize_session=False)
        )
        return len(rows)


async def _claim(session: AsyncSession) -> list[OutboxRow]:
    pending = select(OutboxRow).where(OutboxRow.published_at.is_(None)).order_by(OutboxRow.position).limit(BATCH)
    return list(await session.scalars(pending.with_for_update(skip_locked=True)))


def _message(row: OutboxRow) -> BusMessage:
    return BusMessage(
        id=str(row.id),
        type=row.type,
        body=orjson.dumps(row.body).decode(),
        attributes={key: str(value) for key, value in row.trace_context.items()},
    )
