"""What every endless loop of a worker shares: the failures it outlives, and how it waits without missing its end."""

import asyncio
from contextlib import suppress

import asyncpg
from sqlalchemy import exc

from libs.common.problems import Problem

RETRY_SECONDS = 1.0
EXPECTED = (
    exc.SQLAlchemyError,
    asyncpg.PostgresError,
    OSError,
    TimeoutError,
    Problem,
    RuntimeError,
    LookupError,
    ValueError,
)
"""Failures of one step that end neither its loop nor the worker: they are logged, and the step is done again."""


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits `seconds`, or until `stop` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def first_of(*events: asyncio.Event, within: float | None = None) -> None:
    """Waits until one of `events` is set, `within` seconds at the most."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
