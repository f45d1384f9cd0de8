"""The embedded form of the bus: a PostgreSQL database with the semantics of SNS and SQS.

Waiting costs nothing: a receiver sleeps until the bell rings, until the next hidden message is due, or for ten
seconds, in case a ring was lost with its connection.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg
import orjson

from libs.adapters.bus import statements
from libs.adapters.bus.bell import Bell
from libs.adapters.bus.port import (
    MAX_RECEIVE,
    MAX_RECEIVES,
    MAX_WAIT_SECONDS,
    BusError,
    BusUnavailable,
    DeadLetter,
    DeadLetterMissing,
    QueueDepth,
    QueueMissing,
    check_message,
)
from libs.adapters.bus.settings import LocalBusSettings
from libs.common.failpoints import failpoint
from libs.common.messages import BusMessage, Delivery

LONGEST_SLEEP = 10.0
CLEAN_EVERY = 3600.0


class LocalBus:
    """A bus in PostgreSQL; any number of processes may share it."""

    def __init__(self, settings: LocalBusSettings, pool: "asyncpg.Pool[asyncpg.Record]", bell: Bell) -> None:
        self._settings = settings
        self._pool = pool
        self._bell = bell
        self._clean_at: dict[str, float] = {}

    async def publish(self, messages: Sequence[BusMessage]) -> None:
        for message in messages:
            check_message(message)
        failpoint("bus.publish.before")
        async with self._connection() as connection:
            await connection.execute(
                statements.PUBLISH,
                [message.type for message in messages],
                [message.body for message in messages],
                [orjson.dumps(message.attributes).decode() for message in messages],
            )
        failpoint("bus.publish.after")

    async def receive(self, queue: str, *, limit: int = 10, wait_seconds: float = 20) -> list[Delivery]:
        failpoint("bus.receive.before")
        deadline = time.monotonic() + min(wait_seconds, MAX_WAIT_SECONDS)
        await self._clean(queue)
        with self._bell.listening(queue) as rung:
            while True:
                deliveries, next_due = await self._claim(queue, min(limit, MAX_RECEIVE), deadline)
                left = deadline - time.monotonic()
                if deliveries or left <= 0:
                    failpoint("bus.receive.after")
                    return deliveries
                await _wait(rung, min(left, next_due, LONGEST_SLEEP))

    async def delete(self, queue: str, receipts: Sequence[str]) -> None:
        failpoint("bus.delete.before")
        async with self._connection() as connection:
            await connection.execute(statements.DELETE, queue, *_split(receipts))
        failpoint("bus.delete.after")

    async def change_visibility(self, queue: str, receipts: Sequence[str], *, seconds: float) -> None:
        async with self._connection() as connection:
            await connection.execute(statements.CHANGE_VISIBILITY, queue, *_split(receipts), seconds)

    async def ensure(self, queue: str, event_types: Sequence[str]) -> None:
        settings = self._settings
        async with self._connection() as connection, connection.transaction():
            await connection.execute(
                statements.ENSURE_QUEUE, queue, settings.visibility_seconds, settings.retention_seconds, MAX_RECEIVES
            )
            await connection.execute(statements.UNSUBSCRIBE_OTHERS, queue, list(event_types))
            await connection.execute(statements.SUBSCRIBE, queue, list(event_types))

    async def queues(self) -> list[str]:
        async with self._connection() as connection:
            return [row["name"] for row in await connection.fetch(statements.QUEUES)]

    async def depth(self, queue: str) -> QueueDepth:
        async with self._connection() as connection:
            row = await connection.fetchrow(statements.DEPTH, queue)
        if row is None:
            raise QueueMissing
        return QueueDepth(waiting=row["waiting"], in_flight=row["in_flight"], dead=row["dead"])

    async def list_dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        async with self._connection() as connection:
            await self._require(connection, queue)
            await connection.execute(statements.BURY, queue)
            return [_dead_letter(row) for row in await connection.fetch(statements.DEAD_LETTERS, queue, limit)]

    async def read_dead_letter(self, queue: str, dead_letter_id: str) -> DeadLetter:
        async with self._connection() as connection:
            row = await connection.fetchrow(statements.DEAD_LETTER, queue, dead_letter_id)
        if row is None:
            raise DeadLetterMissing
        return _dead_letter(row)

    async def redrive(self, queue: str, dead_letter_ids: Sequence[str] | None = None) -> int:
        failpoint("bus.redrive.before")
        named = None if dead_letter_ids is None else list(dead_letter_ids)
        async with self._connection() as connection:
            await self._require(connection, queue)
            await connection.execute(statements.BURY, queue)
            return int(await connection.fetchval(statements.REDRIVE, queue, named))

    async def ping(self) -> None:
        async with self._connection() as connection:
            await connection.execute("select 1")

    async def _claim(self, queue: str, limit: int, deadline: float) -> tuple[list[Delivery], float]:
        """What is due now, and in how many seconds the next hidden message will be."""
        async with self._connection() as connection:
            rows = await connection.fetch(statements.RECEIVE, queue, limit)
            if rows or time.monotonic() >= deadline:
                return [_delivery(row) for row in rows], 0
            await self._bell.connect()
            # Once more now that we listen: what came before the LISTEN rang no bell.
            rows = await connection.fetch(statements.RECEIVE, queue, limit)
            if rows:
                return [_delivery(row) for row in rows], 0
            due = await connection.fetchrow(statements.NEXT_DUE, queue)
        if due is None:
            raise QueueMissing
        return [], LONGEST_SLEEP if due["seconds"] is None else max(due["seconds"], 0.01)

    async def _clean(self, queue: str) -> None:
        if time.monotonic() < self._clean_at.get(queue, 0):
            return
        async with self._connection() as connection:
            await self._require(connection, queue)
            await connection.execute(statements.CLEAN, queue)
        self._clean_at[queue] = time.monotonic() + CLEAN_EVERY

    async def _require(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", queue: str) -> None:
        if not await connection.fetchval(statements.QUEUE_EXISTS, queue):
            raise QueueMissing

    @asynccontextmanager
    async def _connection(self) -> "AsyncIterator[asyncpg.pool.PoolConnectionProxy[asyncpg.Record]]":
        try:
            async with self._pool.acquire(timeout=5) as connection:
                yield connection
        except asyncpg.UndefinedTableError as error:
            raise BusUnavailable("The bus database is empty; run `stackpro migrate` first.") from error
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            raise BusError from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            # The client's own error is what a connection says that is cut in the moment in which it is taken.
            raise BusUnavailable from error


@asynccontextmanager
async def open_local_bus(settings: LocalBusSettings) -> AsyncIterator[LocalBus]:
    """The bus with its pool and its LISTEN connection, both made when first needed."""
    dsn = settings.dsn.get_secret_value()
    pool = asyncpg.create_pool(
        dsn, min_size=0, max_size=settings.max_connections, timeout=5, command_timeout=10, reset=_no_reset
    )
    async with pool:
        bell = Bell(dsn)
        try:
            yield LocalBus(settings, pool, bell)
        finally:
            await bell.close()


async def _no_reset(_connection: object) -> None:
    """Nothing here changes a session, so the query that would reset it is spared."""


async def _wait(rung: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await rung.wait()
    except TimeoutError:
        return
    rung.clear()


def _split(receipts: Sequence[str]) -> tuple[list[str], list[str]]:
    """A receipt is the message's id and the receipt of one receive; a later receive makes it worthless."""
    pairs = [receipt.partition(".") for receipt in receipts]
    return [message_id for message_id, _, _ in pairs], [receipt for _, _, receipt in pairs]


def _attributes(row: "asyncpg.Record") -> Mapping[str, str]:
    return {str(key): str(value) for key, value in orjson.loads(row["attributes"]).items()}


def _delivery(row: "asyncpg.Record") -> Delivery:
    return Delivery(
        receipt=f"{row['id']}.{row['receipt']}",
        message_id=str(row["id"]),
        type=row["type"],
        body=row["body"],
        receive_count=row["receive_count"],
        attributes=dict(_attributes(row)),
    )


def _dead_letter(row: "asyncpg.Record") -> DeadLetter:
    return DeadLetter(
        id=str(row["id"]),
        type=row["type"],
        body=row["body"],
        receive_count=row["receive_count"],
        sent_at=row["sent_at"],
        attributes=_attributes(row),
    )
