"""The event bus: SNS and SQS, or a PostgreSQL database with their semantics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.bus.port import (
    Bus,
    BusError,
    BusUnavailable,
    DeadLetter,
    DeadLetterMissing,
    MessageTooLarge,
    PublishIncomplete,
    QueueDepth,
    QueueMissing,
)
from libs.adapters.bus.settings import AwsBusSettings, BusSettings, LocalBusSettings
from libs.common.messages import BusMessage, Delivery

__all__ = [
    "AwsBusSettings",
    "Bus",
    "BusError",
    "BusMessage",
    "BusSettings",
    "BusUnavailable",
    "DeadLetter",
    "DeadLetterMissing",
    "Delivery",
    "LocalBusSettings",
    "MessageTooLarge",
    "PublishIncomplete",
    "QueueDepth",
    "QueueMissing",
    "open_bus",
]


@asynccontextmanager
async def open_bus(settings: BusSettings) -> AsyncIterator[Bus]:
    """The form that `settings` names, open for the life of the process.

    The embedded form needs `libs.adapters.bus.schema.prepare_bus_database(dsn)` once before.
    """
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, LocalBusSettings):
        from libs.adapters.bus.local import open_local_bus  # noqa: PLC0415 - see above

        async with open_local_bus(settings) as bus:
            yield bus
    else:
        from libs.adapters.bus.aws import open_aws_bus  # noqa: PLC0415 - see above

        async with open_aws_bus(settings) as bus:
            yield bus
