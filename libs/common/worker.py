"""A service's worker: relays its outbox, consumes its queue, sweeps, and runs the service's own loops.

It ends within seconds of SIGTERM; what was in hand is handed back or finished.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable

import structlog

from libs.common.bell import work_at_rings
from libs.common.consumer import Consumer
from libs.common.events import OUTBOX_CHANNEL
from libs.common.loops import EXPECTED, RETRY_SECONDS, pause
from libs.common.relay import BATCH, relay_once
from libs.common.service import Context, Loop, Service, ServiceContext, Settings
from libs.common.sweeps import Sweep, purge_sweeps, run_sweep
from libs.common.telemetry import configure_logging, configure_tracing

logger = structlog.get_logger()
FINISH_SECONDS = 20.0
UNHURRIED_SECONDS = 3.0, 6.0
"""After the start of a worker, until what is not urgent is swept for the first time."""


async def work(service: Service[Settings, Context], settings: Settings, stop: asyncio.Event) -> None:
    """Works for `service` until `stop` is set."""
    async with service.open_context(settings) as context:
        consumer = Consumer(service.name, service.handlers(context), database=context.database, bus=context.bus)
        await _until_done(lambda: context.bus.ensure(service.name, consumer.event_types), stop)
        loops: dict[str, Callable[[asyncio.Event], Awaitable[None]]] = {
            "relay": _relay_loop(context),
            "consumer": lambda ended: _forever("consumer", consumer.consume_once, ended),
            **{
                f"sweep.{sweep.name}": lambda ended, sweep=sweep: _sweep_forever(context, sweep, ended)  # type: ignore[misc]  # a default binds the loop's name
                for sweep in (*purge_sweeps(service.tables), *service.sweeps(context))
            },
            **service.loops(context),
        }
        logger.info("worker.started", loops=sorted(loops))
        tasks = [asyncio.create_task(_as_coroutine(loop(stop)), name=name) for name, loop in loops.items()]
        await _finish(tasks, stop)
        logger.info("worker.stopped")


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _finish(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not stopping and not task.cancelled() and task.exception()]
    stop.set()
    _, pending = await asyncio.wait(tasks, timeout=FINISH_SECONDS if not failed else 1.0)
    for task in (*pending, stopping):
        task.cancel()
    await asyncio.gather(*pending, stopping, return_exceptions=True)
    for task in failed:
        task.result()


async def _until_done(act: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await act()
        except EXPECTED as error:
            logger.warning("worker.waiting", reason=str(error))
            await pause(stop, RETRY_SECONDS)
        else:
            return


async def _forever(name: str, act: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
    """Repeats `act` until `stop`; a wait inside it is cut short then."""
    while not stop.is_set():
        step = asyncio.ensure_future(act())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([step, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not step.done():
            await asyncio.wait([step], timeout=1.0)
            step.cancel()
        stopping.cancel()
        results = await asyncio.gather(step, stopping, return_exceptions=True)
        if isinstance(results[0], EXPECTED):
            logger.warning("worker.step_failed", loop=name, exc_info=results[0])
            await pause(stop, RETRY_SECONDS)
        elif isinstance(results[0], Exception):
            raise results[0]


async def _sweep_forever(context: ServiceContext, sweep: Sweep, stop: asyncio.Event) -> None:
    if not sweep.urgent:
        await pause(stop, random.uniform(*UNHURRIED_SECONDS))  # noqa: S311  # spreads sweeps, guards nothing
    while not stop.is_set():
        try:
            handled = await run_sweep(sweep, database=context.database, clock=context.clock)
        except EXPECTED as error:
            logger.warning("sweep.failed", sweep=sweep.name, exc_info=error)
        else:
            if handled:
                logger.info("sweep.done", sweep=sweep.name, handled=handled)
        await pause(stop, sweep.every * random.uniform(0.9, 1.1))  # noqa: S311  # spreads workers, guards nothing


def _relay_loop(context: ServiceContext) -> Loop:
    """Relays whenever PostgreSQL says that something was written, and every few seconds in any case."""

    async def relay() -> bool:
        return await relay_once(context.database, context.bus) == BATCH

    return work_at_rings(OUTBOX_CHANNEL, relay, url=context.settings.listen_url)


def run_worker(service: Service[Settings, Context], settings: Settings) -> None:
    """Runs the worker in this process until SIGTERM or SIGINT."""
    configure_logging(f"{service.name}-worker", level=settings.log_level)
    configure_tracing(f"{service.name}-worker", endpoint=settings.otlp_endpoint)

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await work(service, settings, stop)

    asyncio.run(main())
