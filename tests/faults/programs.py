"""What the forked processes run: a worker's engine, a relay, a consumer."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from libs.adapters.bus import LocalBusSettings, open_bus
from libs.common.bell import Bell
from libs.common.consumer import Consumer
from libs.common.database import Database
from libs.common.relay import relay_once
from services.provisioner.deployments.repository import BELL_CHANNEL
from tests.faults.messages import QUEUE, handlers
from tests.faults.stored_world import StoredWorld
from tests.services.provisioner.engine.factories import engine_on


def run_until_told(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` with an event that SIGTERM sets."""

    async def whole() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await main(stop)

    asyncio.run(whole())


def engine(*, app_url: str, system_url: str, world: str, lease_seconds: float = 15.0) -> None:
    """A worker of the provisioner, as far as its engine, on a world in a file."""

    async def main(stop: asyncio.Event) -> None:
        database = Database(app_url=app_url, system_url=system_url, pool_size=5)
        try:
            worker = engine_on(database, StoredWorld(Path(world)), poll_seconds=0.05, lease_seconds=lease_seconds)
            await worker.work(Bell(BELL_CHANNEL), stop)
        finally:
            await database.aclose()

    run_until_told(main)


def relay(*, app_url: str, system_url: str, bus_dsn: str) -> None:
    """Publishes all that the outbox holds, and ends."""

    async def main(_stop: asyncio.Event) -> None:
        database = Database(app_url=app_url, system_url=system_url, pool_size=2)
        async with open_bus(LocalBusSettings(dsn=SecretStr(bus_dsn))) as bus:
            while await relay_once(database, bus):
                pass
        await database.aclose()

    run_until_told(main)


def consumer(*, app_url: str, system_url: str, bus_dsn: str) -> None:
    """Applies all that the queue holds at present, and ends."""

    async def main(_stop: asyncio.Event) -> None:
        database = Database(app_url=app_url, system_url=system_url, pool_size=2)
        async with open_bus(LocalBusSettings(dsn=SecretStr(bus_dsn))) as bus:
            consuming = Consumer(QUEUE, handlers(), database=database, bus=bus)
            while await consuming.consume_once(wait_seconds=0):
                pass
        await database.aclose()

    run_until_told(main)
