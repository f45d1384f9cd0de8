"""Time limits on a stream: until its first event, between two, and for all of it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from services.ai.models.errors import ModelBroke, ModelError, ModelTooSlow

Event = TypeVar("Event")
END_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds."""

    first: float
    between: float
    whole: float


async def paced(events: AsyncGenerator[Event, None], pace: Pace, name: str) -> AsyncGenerator[Event, None]:
    """The same events, in time; `events` is closed however this ends.

    Raises:
        ModelTooSlow: the first did not come in time.
        ModelBroke: a later one did not.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + pace.whole
    patience = pace.first
    late: type[ModelError] = ModelTooSlow
    async with aclosing(events):
        while True:
            try:
                async with asyncio.timeout_at(min(end, loop.time() + patience)):
                    event = await anext(events)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise late(name) from error
            patience, late = pace.between, ModelBroke
            yield event


async def read_to_the_end(events: AsyncGenerator[Event, None]) -> None:
    """Waits a moment for the end of a stream that has nothing more to say, so that its connection can be used again."""
    try:
        async with asyncio.timeout(END_SECONDS):
            async for _event in events:
                continue
    except (TimeoutError, ModelError):
        return
