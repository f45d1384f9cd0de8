"""Waiting for something that becomes true in another process: polling with a deadline instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast, overload

T = TypeVar("T")


@overload
async def eventually(predicate: Callable[[], Awaitable[T]], *, timeout: float = ..., interval: float = ...) -> T: ...


@overload
async def eventually(predicate: Callable[[], T], *, timeout: float = ..., interval: float = ...) -> T: ...


async def eventually(predicate: Callable[[], T | Awaitable[T]], *, timeout: float = 10.0, interval: float = 0.02) -> T:
    """Call `predicate` until its answer is truthy and return that answer.

    Raises AssertionError with the last answer after `timeout` seconds. Exceptions of the predicate pass through.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = predicate()
        value = cast(T, await answer if inspect.isawaitable(answer) else answer)
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s; the last answer was {value!r}")
        await asyncio.sleep(interval)
