"""The consumer: applies each event once, however often and in whatever order it is delivered.

The inbox row and the effect are one transaction; the message is deleted after it. A handler that fails leaves the
message to come back, and after five receives it becomes a dead letter.
"""

from collections.abc import Mapping

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import Database
from libs.common.events import Event, Handler, Handlers
from libs.common.failpoints import failpoint
from libs.common.messages import Delivery, MessageBus
from libs.common.platform_tables import InboxRow
from libs.common.problems import Problem

logger = structlog.get_logger()
tracer = trace.get_tracer(__name__)
RETRYABLE = (exc.SQLAlchemyError, OSError, TimeoutError, Problem, ValueError, LookupError, RuntimeError)


class Consumer:
    """Applies the events of one queue. The queue's name is the consumer's."""

    def __init__(self, queue: str, handlers: Handlers, *, database: Database, bus: MessageBus) -> None:
        self.queue = queue
        self._by_type: Mapping[str, tuple[type[Event], Handler]] = {
            event.type: (event, handler) for event, handler in handlers.items()
        }
        self._database = database
        self._bus = bus

    @property
    def event_types(self) -> list[str]:
        """The types that this consumer wants delivered."""
        return sorted(self._by_type)

    async def consume_once(self, *, wait_seconds: float = 20) -> int:
        """Receives a batch and applies it; returns how many messages came."""
        deliveries = await self._bus.receive(self.queue, limit=10, wait_seconds=wait_seconds)
        for delivery in deliveries:
            await self._settle(delivery)
        return len(deliveries)

    async def _settle(self, delivery: Delivery) -> None:
        with tracer.start_as_current_span(f"consume {delivery.type}", context=extract(delivery.attributes)):
            try:
                await self.apply(delivery)
            except RETRYABLE as error:
                logger.warning(
                    "event.failed",
                    queue=self.queue,
                    type=delivery.type,
                    attempt=delivery.receive_count,
                    exc_info=error,
                )
                delay = min(2 ** (delivery.receive_count - 1), 60)
                await self._bus.change_visibility(self.queue, [delivery.receipt], seconds=delay)
                return
        failpoint("consumer.delete.before")
        await self._bus.delete(self.queue, [delivery.receipt])

    async def apply(self, delivery: Delivery) -> None:
        """Applies one message unless its event was applied before."""
        known = self._by_type.get(delivery.type)
        if known is None:
            logger.warning("event.unwanted", queue=self.queue, type=delivery.type)
            return
        event_class, handler = known
        event = event_class.model_validate_json(delivery.body)
        async with self._database.tenant_session(event.tenant_id) as session:
            fresh = await session.scalar(
                insert(InboxRow)
                .values(tenant_id=event.tenant_id, id=event.id, consumer=self.queue, type=delivery.type)
                .on_conflict_do_nothing()
                .returning(InboxRow.id)
            )
            if fresh is None:
                logger.info("event.duplicate", queue=self.queue, type=delivery.type, event_id=str(event.id))
                return
            await handler(session, event)
            failpoint("consumer.commit.before")
