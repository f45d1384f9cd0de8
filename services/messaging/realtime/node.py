"""One process with its open sockets: the parts that they share, and the clocks that run for all of them."""

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from libs.common.bell import Bell, listening
from libs.common.ids import new_id
from libs.common.loops import EXPECTED, first_of
from services.messaging.context import MessagingContext
from services.messaging.presence.board import PresenceBoard
from services.messaging.realtime import lookups, signals
from services.messaging.realtime.access import BELL
from services.messaging.realtime.closing import ACCESS_ENDED, RESTARTING
from services.messaging.realtime.connection import Connection
from services.messaging.realtime.frames import Reconnect
from services.messaging.realtime.hub import Hub
from services.messaging.realtime.metrics import CONNECTIONS

logger = structlog.get_logger()
TICK_SECONDS = 0.5
ACCESS_SECONDS = 10.0
RUNG_AGAIN_SECONDS = 1.5
"""After the bell: whoever came with what was remembered of before is found then."""
ACCESS_BATCH = 200
MOVING_SHARE = 0.8
"""Of the time to drain; the rest is for clients to go by themselves."""


class Arrivals:
    """A bucket that fills with `per_second` places; a burst takes twice as many."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._places = self._most = float(2 * per_second)
        self._filled_at = time.monotonic()

    def wait_seconds(self) -> int:
        """0 if there was a place, which is taken, else when to come again."""
        now = time.monotonic()
        self._places = min(self._most, self._places + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._places >= 1:
            self._places -= 1
            return 0
        return 1 + random.randrange(4)  # noqa: S311  # spreads those who come again, guards nothing


class Node:
    """`draining` says whether the process is about to end."""

    def __init__(self, context: MessagingContext, draining: Callable[[], bool]) -> None:
        limits = context.settings.realtime
        self.context = context
        self.draining = draining
        self.hub = Hub(context, reads_at_once=context.settings.database_pool_size)
        self.hub.on_signal = signals.deliver
        self.presence = PresenceBoard(context, self.hub, new_id().hex)
        self.arrivals = Arrivals(limits.connections_per_second)
        self.connections: set[Connection] = set()
        self._drains = False

    def welcome(self, connection: Connection) -> None:
        """The connection has authenticated."""
        CONNECTIONS.inc()
        self.presence.arrive(connection)
        if self._drains:
            self._send_away(connection)

    def drop(self, connection: Connection) -> None:
        """The connection is gone."""
        self.connections.discard(connection)
        if connection.token is None:
            return
        CONNECTIONS.dec()
        self.presence.depart(connection)
        for subscription in connection.subscriptions.values():
            self.hub.leave(subscription.channel, connection)
        connection.subscriptions.clear()

    async def keep_time(self) -> None:
        """Does what is due, for all connections, until cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.time()
            for connection in [one for one in self.connections if one.due <= now]:
                connection.on_due(now)
            if self.draining() and not self._drains:
                self._drains = True
                for connection in self.connections:
                    self._send_away(connection)

    async def watch_access(self) -> None:
        """Closes the sockets of who left, and of businesses that were suspended, until cancelled."""
        stop = asyncio.Event()
        bell = Bell(BELL)
        async with listening(bell, self.context.settings.listen_url):
            with bell.heard() as rung:
                while True:
                    again = RUNG_AGAIN_SECONDS if rung.is_set() else ACCESS_SECONDS
                    rung.clear()
                    try:
                        await self.look_at_access()
                    except EXPECTED as error:
                        logger.warning("realtime.access_unknown", reason=type(error).__name__)
                    await first_of(rung, stop, within=again)

    async def look_at_access(self) -> None:
        """Asks for everybody who is connected at present."""
        people = {(one.tenant_id, one.user_id) for one in self.connections if one.token is not None}
        ordered = sorted(people)
        ended: set[tuple[UUID, UUID]] = set()
        suspended: set[UUID] = set()
        for begin in range(0, len(ordered), ACCESS_BATCH):
            part = ordered[begin : begin + ACCESS_BATCH]
            async with self.context.database.system_session() as session:
                ended |= await lookups.left(session, part)
                suspended |= await lookups.suspended(session, sorted({tenant for tenant, _ in part}))
        if not ended and not suspended:
            return
        for connection in [one for one in self.connections if one.token is not None]:
            if connection.tenant_id in suspended or (connection.tenant_id, connection.user_id) in ended:
                connection.end(ACCESS_ENDED)

    def _send_away(self, connection: Connection) -> None:
        """Asks the client to go at a moment of its own, and closes if it is still there a little later."""
        seconds = self.context.settings.drain_seconds
        after = random.uniform(0, seconds * MOVING_SHARE)  # noqa: S311  # spreads clients, guards nothing
        if connection.token is not None:
            connection.tell(Reconnect(after_ms=math.ceil(after * 1000)))
        later = after + seconds * (1 - MOVING_SHARE) / 2
        asyncio.get_running_loop().call_later(later, connection.end, RESTARTING)


@asynccontextmanager
async def open_node(context: MessagingContext, draining: Callable[[], bool]) -> AsyncIterator[Node]:
    """A node with its loops running."""
    node = Node(context, draining)
    loops: dict[str, Coroutine[None, None, None]] = {
        "carrier": node.hub.carrier.listen(),
        "heads": node.hub.compare_heads(),
        "time": node.keep_time(),
        "access": node.watch_access(),
        "presence": node.presence.keep(),
    }
    tasks = [asyncio.create_task(loop, name=f"realtime.{name}") for name, loop in loops.items()]
    for task in tasks:
        task.add_done_callback(_tell_of_failure)
    try:
        yield node
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await node.hub.aclose()


def _tell_of_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("realtime.loop_failed", loop=task.get_name(), exc_info=error)
